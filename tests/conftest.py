"""What all tests start from."""

import signal

# A shell starts what runs in the background with these signals ignored, and every process that a test starts would
# inherit that: then no Ctrl-C would ever arrive.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
