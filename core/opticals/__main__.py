"""`python -m opticals` is the command `opticals`."""

from opticals.cli import main

main()
