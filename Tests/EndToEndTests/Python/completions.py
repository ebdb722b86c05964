from sdk import MODEL, check, main


def run(client):
    options = {"model": MODEL, "prompt": "int main", "max_tokens": 20, "temperature": 0}
    answer = client.completions.create(**options)
    check(answer.object == "text_completion", f"object is {answer.object}")
    check(answer.usage.completion_tokens == 20, f"{answer.usage.completion_tokens} tokens instead of 20")
    streamed = "".join(
        choice.text for chunk in client.completions.create(**options, stream=True) for choice in chunk.choices)
    check(streamed == answer.choices[0].text, f"{streamed!r} is not {answer.choices[0].text!r}")
    return {"text": streamed}


main(run)
