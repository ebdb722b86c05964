"""What the scripts beside this one share. Each takes the base URL (with /v1) as its argument, prints one line of JSON
with what it saw, and ends with status 1 and a reason when an answer is not as OpenAI's API describes it."""

import asyncio
import json
import os
import sys

import openai

URL = sys.argv[1]
MODEL = os.environ.get("LOCALCODE_TEST_MODEL", "tiny")
KEY = os.environ.get("LOCALCODE_TEST_KEY", "unused")
HELLO = [{"role": "user", "content": "hello"}]
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "read_file",
            "description": "Read a line of a file",
            "parameters": {
                "type": "object",
                "properties": {"path": {"type": "string"}, "line": {"type": "integer"}},
                "required": ["path", "line"],
            },
        },
    }
]


def client(**options):
    return openai.OpenAI(**{"base_url": URL, "api_key": KEY, "max_retries": 0, "timeout": 60, **options})


def async_client(**options):
    return openai.AsyncOpenAI(**{"base_url": URL, "api_key": KEY, "max_retries": 0, "timeout": 60, **options})


class Failed(Exception):
    """An answer was not as it should be."""


def check(condition, reason):
    if not condition:
        raise Failed(reason)


def main(run):
    """Runs `run(client)`, or awaits it, and prints the facts that it returns."""
    try:
        facts = asyncio.run(run(async_client())) if asyncio.iscoroutinefunction(run) else run(client())
    except (openai.APIError, Failed) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(json.dumps(facts))
