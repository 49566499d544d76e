"""A folder per API and a module per resource; a function answers one operation. Installed as `understudy.handlers`."""
