from bedside.cli.main import main

main()
