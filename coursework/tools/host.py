"""Runs inside the sandbox: a notebook's code cells in one process, then answers about what they defined.

It reads JSON lines on standard input: first the cells and the limits, then a request a line. It answers each
by a JSON line on what was standard output. All else that the cells print goes nowhere. Nothing here is
secret, and nothing that it answers is trusted: it is data, which `judge` compares in another process.
"""

import json
import os
import resource
import signal
import sys
import types
from typing import Any

LARGEST = 4_000_000  # characters of an answer


class OutOfTime(BaseException):
    """Not an Exception, so that ``except Exception`` in a loop does not swallow it."""


def main() -> None:
    """Talk with `sandbox`, which started this."""
    requests, answers = os.fdopen(os.dup(0), encoding="utf8"), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    job = json.loads(requests.readline())
    for what, limit in job["limits"].items():
        resource.setrlimit(getattr(resource, what), (limit, limit))
    signal.signal(signal.SIGALRM, _out_of_time)
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    names = vars(module)
    names["display"] = lambda *_, **__: None
    errors = {}
    for cell in job["cells"]:
        error = _attempt(job["seconds"], lambda cell=cell: _execute(cell["source"], names))[1]
        if error:
            errors[cell["name"]] = error
    _send(answers, {"errors": errors})
    for line in requests:
        request = json.loads(line)
        what = _call if "arguments" in request else _value
        value, error = _attempt(job["seconds"], lambda request=request, what=what: what(request, names))
        _send(answers, {"error": error} if error else {"value": value})


def _out_of_time(*_: object) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.5)  # again, where it was caught
    raise OutOfTime


def _attempt(seconds: float, action: Any) -> tuple[Any, list[str] | None]:
    """Return (result, None), or (None, [the error's type, its text])."""
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            return action(), None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except OutOfTime:
        return None, [
            "OutOfTime",
            f"has not come back after {seconds:g} seconds: does a loop in it never end?",
        ]
    except BaseException as error:  # SystemExit too
        try:
            text = str(error)[:500]
        except BaseException:
            text = ""
        return None, [type(error).__name__, text]


def _execute(source: str, names: dict[str, Any]) -> None:
    lines = ["pass" if line.startswith(("%", "!")) else line for line in source.split("\n")]
    exec(compile("\n".join(lines), "notebook", "exec"), names)


def _value(request: dict[str, Any], names: dict[str, Any]) -> Any:
    if request["value"] not in names:
        raise NameError(f"there is no {request['value']} in the notebook")
    return encode(names[request["value"]])


def _call(request: dict[str, Any], names: dict[str, Any]) -> Any:
    if request["call"] not in names:
        raise NameError(f"there is no {request['call']} in the notebook")
    function = names[request["call"]]
    if not callable(function):
        return {"not a function": encode(function)}
    import numpy as np

    with np.errstate(all="ignore"):
        return encode(function(*(decode(x, names) for x in request["arguments"])))


def decode(x: Any, names: dict[str, Any]) -> Any:
    """Return the argument that `sandbox` has encoded."""
    if not isinstance(x, dict):
        return x
    import numpy as np

    if "array" in x:
        return np.array(x["array"], dtype=x["dtype"]).reshape(x["shape"])
    if "generator" in x:
        bits = np.random.PCG64()
        bits.state = x["generator"]
        return np.random.Generator(bits)
    return names[x["name"]]


def encode(x: Any) -> Any:
    """Return `x` as what JSON can hold: numbers and arrays, and of all else its kind."""
    if hasattr(x, "detach"):  # torch's
        x = x.detach().cpu().numpy()
    if x is ...:
        return {"dots": True}
    if type(x) is int and x.bit_length() > 1023:  # more than a float holds; json refuses 4,300 digits
        return {"type": "int too large to be an answer"}
    if x is None or type(x) in (bool, int, float, str):
        return x
    if isinstance(x, complex):
        return {"complex": [x.real, x.imag]}
    if callable(x):
        return {"function": True}
    import numpy as np

    try:
        array = np.asarray(x)
    except Exception:
        array = np.asarray(None)
    if array.dtype == object and all(isinstance(y, int | float) for y in array.ravel().tolist()):
        array = array.astype(np.float64)
    if array.dtype.kind not in "biuf":
        return {"type": type(x).__name__}
    if array.nbytes > LARGEST:
        return {"type": f"{type(x).__name__} too large to be an answer"}
    return (
        array.tolist() if array.ndim == 0 else {"array": array.ravel().tolist(), "shape": list(array.shape)}
    )


def _send(fd: int, answer: dict[str, Any]) -> None:
    text = json.dumps(answer)
    if len(text) > 5 * LARGEST:
        text = json.dumps({"error": ["ValueError", "the answer is too large"]})
    data = f"{text}\n".encode()
    while data:
        data = data[os.write(fd, data) :]


if __name__ == "__main__":
    main()
