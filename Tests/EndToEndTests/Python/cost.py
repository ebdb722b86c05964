"""Runs a command and prints its exit status, processor time and the most memory that it had."""

import json
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
# In kilobytes on Linux, in bytes on macOS.
unit = 1e6 if sys.platform == "darwin" else 1e3
print(json.dumps({
    "status": status,
    "seconds": usage.ru_utime + usage.ru_stime,
    "megabytes": usage.ru_maxrss / unit,
}))
