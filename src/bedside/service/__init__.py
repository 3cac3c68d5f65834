"""What it takes to run for months as a service: systemd, the control socket, what is kept over a restart."""
