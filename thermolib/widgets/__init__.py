"""What moves: Python classes, and the JavaScript modules beside them."""
