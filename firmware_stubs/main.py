"""Starts the program that the config names: `micropython main.py CONFIG`, or by itself from a board's flash."""

import json
import sys


def run(path):
    with open(path) as file:
        config = json.load(file)
    if sys.platform == "esp32":
        from hal_esp32 import Board
    else:
        from hal_unix import Board
    if config["kind"] == "rating_pad":
        from rating_pad import PROGRAM
    elif config["kind"] == "call_button":
        from call_button import PROGRAM
    else:
        raise ValueError("kind: rating_pad or call_button")
    board = Board(config)
    program = PROGRAM(config, board)
    session = program.session
    if board.stream is not None:
        session.link.register(board.stream)
    wait_ms = 50 if board.stream is not None else 10
    try:
        while True:
            for key in board.keys():
                program.press(key)
            program.step()
            session.step(wait_ms)
            board.lamp("link", session.present)
            board.feed()
    except (KeyboardInterrupt, SystemExit):
        session.goodbye()


run(sys.argv[1] if len(sys.argv) > 1 else "config.json")
