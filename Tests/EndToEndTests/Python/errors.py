"""argv[2], if given, is a key that must be refused."""

import sys

import openai

from sdk import HELLO, MODEL, check, client, main


def failure(call, kind, status):
    try:
        call()
    except openai.APIStatusError as error:
        check(error.status_code == status, f"status {error.status_code} instead of {status}: {error}")
        check(isinstance(error, kind), f"{type(error).__name__} instead of {kind.__name__}")
        body = error.body
        check(isinstance(body, dict), f"no error object in the body: {error.response.text}")
        check(isinstance(body.get("message"), str) and body["message"], f"no message in {body}")
        check(isinstance(body.get("type"), str), f"no type in {body}")
        return {"status": status, **{key: body.get(key) for key in ("message", "type", "param", "code")}}
    check(False, f"no error where {status} was expected")


def run(api):
    chat = api.chat.completions.create
    facts = {
        "unknown path": failure(
            lambda: api.post("/no/such/path", cast_to=object, body={}), openai.NotFoundError, 404),
        "messages are no array": failure(
            lambda: chat(model=MODEL, messages="hello"), openai.BadRequestError, 400),
        "no messages": failure(
            lambda: api.post("/chat/completions", cast_to=object, body={"model": MODEL}), openai.BadRequestError, 400),
        "wrong type": failure(
            lambda: chat(model=MODEL, messages=HELLO, extra_body={"max_tokens": "many"}), openai.BadRequestError, 400),
        "wrong type, streamed": failure(
            lambda: chat(model=MODEL, messages=HELLO, stream=True, extra_body={"max_tokens": "many"}),
            openai.BadRequestError, 400),
    }
    if len(sys.argv) > 2:
        refused = client(api_key=sys.argv[2])
        facts["wrong key"] = failure(
            lambda: refused.chat.completions.create(model=MODEL, messages=HELLO), openai.AuthenticationError, 401)
    return facts


main(run)
