"""argv[2], if it is `retrieve`, also asks for each model by its name."""

import sys

from sdk import check, main


def run(client):
    models = list(client.models.list())
    check(models, "there are no models")
    for model in models:
        check(model.id and model.object == "model", f"not a model: {model}")
        if sys.argv[2:] == ["retrieve"]:
            check(client.models.retrieve(model.id).id == model.id, f"{model.id} is not found by its name")
    return {"models": [model.id for model in models]}


main(run)
