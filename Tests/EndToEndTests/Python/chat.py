from sdk import HELLO, MODEL, check, main


def run(client):
    answer = client.chat.completions.create(model=MODEL, messages=HELLO, max_tokens=12, temperature=0)
    choice = answer.choices[0]
    check(answer.object == "chat.completion", f"object is {answer.object}")
    check(answer.id.startswith("chatcmpl-"), f"id is {answer.id}")
    check(choice.message.role == "assistant" and choice.message.content, "there is no content")
    check(choice.finish_reason == "length", f"finish_reason is {choice.finish_reason}")
    usage = answer.usage
    check(usage.completion_tokens == 12, f"{usage.completion_tokens} tokens instead of 12")
    check(usage.total_tokens == usage.prompt_tokens + 12, "total_tokens is not the sum")
    form = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object", "properties": {
        "count": {"type": "integer"}, "kind": {"enum": ["x", "y"]}}, "required": ["count", "kind"]}}}
    formed = client.chat.completions.create(
        model=MODEL, messages=HELLO, max_tokens=200, temperature=0, response_format=form)
    check(formed.choices[0].finish_reason == "stop", "the structured answer did not end")
    return {"model": answer.model, "usage": usage.model_dump(), "structured": formed.choices[0].message.content}


main(run)
