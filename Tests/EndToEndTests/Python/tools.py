import json

from sdk import HELLO, MODEL, TOOLS, check, main


def run(client):
    options = {"model": MODEL, "messages": HELLO, "tools": TOOLS, "max_tokens": 200, "temperature": 0}
    facts = {}
    for choice in ("auto", "required"):
        answer = client.chat.completions.create(**options, tool_choice=choice).choices[0]
        check(answer.finish_reason == "tool_calls", f"{choice}: finish_reason is {answer.finish_reason}")
        call = answer.message.tool_calls[0]
        arguments = json.loads(call.function.arguments)
        check(call.id and call.type == "function" and call.function.name == "read_file", f"{choice}: {call}")
        check(isinstance(arguments["path"], str) and isinstance(arguments["line"], int), f"{choice}: {arguments}")

        name, text, reason, deltas, ids = "", "", None, 0, set()
        for chunk in client.chat.completions.create(**options, tool_choice=choice, stream=True):
            for streamed in chunk.choices:
                reason = streamed.finish_reason or reason
                for delta in streamed.delta.tool_calls or []:
                    deltas += 1
                    check(delta.index == 0, f"{choice}: a delta of call {delta.index}")
                    ids.update([delta.id] if delta.id else [])
                    name += delta.function.name or ""
                    text += delta.function.arguments or ""
        check(reason == "tool_calls", f"{choice}: streamed finish_reason is {reason}")
        check(name == "read_file" and len(ids) == 1, f"{choice}: streamed name {name!r}, ids {ids}")
        check(json.loads(text) == arguments, f"{choice}: streamed arguments {text!r} are not {arguments}")
        facts[choice] = {"arguments": arguments, "deltas": deltas}

        history = HELLO + [
            answer.message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": call.id, "content": "int main() {}"},
        ]
        after = client.chat.completions.create(**{**options, "messages": history, "max_tokens": 12})
        check(after.choices[0].message.content, f"{choice}: no answer after the tool's response")
    return facts


main(run)
