"""python3 -m axm_host, for work on the program; hosts have the one file that build.py makes."""
import sys

from axm_host.main import main

sys.exit(main(sys.argv[1:]))
