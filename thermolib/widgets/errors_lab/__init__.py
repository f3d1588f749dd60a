class ErrorsLab:
    def __init__(self, **k): pass
