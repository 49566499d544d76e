"""What answers: for each API a package, in it a module for each resource. Installed as `understudy.handlers`."""
