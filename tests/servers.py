"""How the tests end the servers that they started."""

import subprocess


def stop(server: subprocess.Popen[bytes], patience: float = 10) -> None:
    """Ask `server` to end; make it end if it has not after `patience` seconds.

    JupyterLab sometimes waits for ever for a kernel that is gone.
    """
    server.terminate()
    try:
        server.wait(patience)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
