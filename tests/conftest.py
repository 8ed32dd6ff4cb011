"""What all tests start from."""

import signal

# A shell starts what runs in the background with the first two ignored, and nohup the third; every process that a test
# starts would inherit that, and no Ctrl-C would ever arrive.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
