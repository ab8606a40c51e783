"""Other programs, and the two ways to give up."""
import subprocess

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENVIRONMENT = {"PATH": PATH, "HOME": "/root", "USER": "root", "LOGNAME": "root", "LANG": "C.UTF-8", "TERM": "dumb"}


class Refused(Exception):
    """What was asked can't be done; the text says why and what to do."""


class Unavailable(Exception):
    """No lab can be made on this machine or by this user."""


def run(*words, stdin="", cwd=None):
    """Runs a program with nothing of the caller's environment and gives its standard output; Refused when it fails."""
    done = subprocess.run(words, input=stdin, capture_output=True, text=True, env=ENVIRONMENT, cwd=cwd)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise Refused(f"`{' '.join(words)}` ended with {done.returncode}: {said}")
    return done.stdout
