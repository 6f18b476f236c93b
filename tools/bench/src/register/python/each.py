"""
Starts a process for each folder, one after the other: `each.py <script> <folder>...` gives the folder to the script,
`each.py --register <prefect> <folder>...` registers its flow.py with the command line of Prefect before 3.
"""
import subprocess
import sys

first, *rest = sys.argv[1:]
if first == "--register":
    prefect, *folders = rest
    commands = [[prefect, "register", "--project", "bench", "--path", folder + "/flow.py"] for folder in folders]
else:
    commands = [[sys.executable, first, folder] for folder in rest]
for command in commands:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
