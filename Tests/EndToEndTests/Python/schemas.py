"""Schemas with documents that fit and documents that do not, judged by the package jsonschema.

Prints an array with an element for each schema: {"schema": …, "documents": [{"text": "…", "valid": true}, …]}. Documents are the ones below and
variants of them: a member or element left out, doubled, added or replaced. Members stand in the schema's order, as a grammar has
one, and texts are compact.
"""

import copy
import json
import random

import jsonschema

STRING, INTEGER, NUMBER, BOOLEAN, NULL = ({"type": name} for name in ("string", "integer", "number", "boolean", "null"))
COLOUR = {"enum": ["red", "green", "blue"]}
POINT = {"type": "object", "properties": {"x": INTEGER, "y": INTEGER}, "required": ["x", "y"], "additionalProperties": False}
TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"value": INTEGER, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
            "required": ["value"],
            "additionalProperties": False,
        }
    },
}


def object_of(required, additional=None, **properties):
    schema = {"type": "object", "properties": properties, "required": required}
    if additional is not None:
        schema["additionalProperties"] = additional
    return schema


def array_of(items, **more):
    return {"type": "array", "items": items, **more}


def text(**more):
    return {"type": "string", **more}


def pattern(source, **more):
    return {"type": "string", "pattern": source, **more}


def whole(**more):
    return {"type": "integer", **more}


CORPUS = [
    # Types.
    (STRING, ["", "a", "é😀\n\"\\", "\u0001"]), (INTEGER, [0, -5, 123456]), (NUMBER, [0, -1.5, 12, 0.001]), (BOOLEAN, [True, False]),
    (NULL, [None]), ({"type": ["string", "null"]}, ["a", None]), ({"type": ["integer", "array"]}, [1, [1, "a"]]),
    ({"type": ["number", "boolean", "object"]}, [1.5, True, {"a": 1}]), ({}, [1, "a", [1], {"a": None}]), (True, [0, {}]),
    ({"type": "array"}, [[], [1, "a", None]]), ({"type": "object"}, [{}, {"a": 1, "b": [2]}]),
    # Listed values.
    (COLOUR, ["red", "blue"]), ({"enum": [1, "1", None, True, 2.5]}, [1, "1", None]), ({"const": "on"}, ["on"]), ({"const": 42}, [42]),
    ({"const": None}, [None]), ({"const": {"a": [1, {"b": "c"}]}}, [{"a": [1, {"b": "c"}]}]), ({"enum": [[1, 2], {}, []]}, [[1, 2], {}, []]),
    ({"enum": ["a\"b", "back\\slash", "line\nbreak", "é"]}, ["a\"b", "back\\slash", "line\nbreak", "é"]),
    ({"type": "string", "enum": [1, "a", "b"]}, ["a"]), ({"enum": ["a", "bb", "ccc"], "minLength": 2}, ["bb"]),
    # Numbers.
    (whole(minimum=0), [0, 7, 1000]), (whole(minimum=1), [1, 9, 10]), (whole(minimum=17), [17, 20, 99, 100, 12345]), (whole(maximum=5), [5, -3, -1000]),
    (whole(maximum=-7), [-7, -8, -100]), (whole(minimum=-3), [-3, 0, 55]), (whole(minimum=3, maximum=1250), [3, 10, 99, 999, 1000, 1250]),
    (whole(minimum=-20, maximum=35), [-20, -9, 0, 35]), (whole(minimum=-120, maximum=-15), [-120, -99, -15]), (whole(exclusiveMinimum=4, exclusiveMaximum=9), [5, 8]),
    (whole(minimum=1.5, maximum=7.5), [2, 7]), (whole(minimum=100, maximum=100), [100]), (whole(minimum=0, maximum=65535), [0, 65535, 8080]),
    ({"type": "number", "minimum": 0, "maximum": 1}, [0, 1, 0.5, 0.25]), ({"type": "number", "exclusiveMinimum": 0}, [0.1, 3, 17.5]),
    ({"type": "number", "minimum": -2, "maximum": 2}, [-2, -1.5, 0, 2]), ({"type": "number", "maximum": -1}, [-1, -1.5, -20]),
    ({"type": "number", "exclusiveMinimum": -10, "exclusiveMaximum": 10}, [-9.5, 0, 9.999]), ({"type": "number", "minimum": 12}, [12, 12.5, 99, 100]),
    ({"minimum": 3}, [3, "a", None, [1]]), (whole(minimum=-9007199254740991, maximum=9007199254740991), [0, 9007199254740991]),
    # Strings.
    (text(minLength=2), ["ab", "abc", "é😀"]), (text(maxLength=3), ["", "abc"]), (text(minLength=1, maxLength=1), ["a", "😀"]), (text(minLength=3, maxLength=5), ["abc", "abcde"]),
    (pattern("^[a-z]+$"), ["a", "abc"]), (pattern("^[A-Z]{2,4}-[0-9]{3}$"), ["AB-123", "ABCD-000"]), (pattern("foo"), ["foo", "a foo b"]), (pattern("^v[0-9]"), ["v1", "v2.3"]),
    (pattern("\\.swift$"), ["a.swift"]), (pattern("^(red|green)$"), ["red", "green"]), (pattern("^a(b|cd)*e?$"), ["a", "abcde", "abbe"]), (pattern("^[^@ ]+@[^@ ]+$"), ["a@b", "x.y@z"]),
    (pattern("^\\w{1,3}\\s\\S+$"), ["ab c", "a bc"]), (pattern("^(a|b)+|c$"), ["ab", "xc"]), (pattern("^\"q\\\\\"$"), ["\"q\\\""]), (pattern("^(x*)*y$"), ["y", "xxy"]),
    (pattern("^$"), [""]), (pattern("^[\\]\\-^]{2}$"), ["]-", "^^"]), (pattern("^\\u00e9[\\u0100-\\u0200]$"), ["éā"]), (pattern("^[a-z]+$", maxLength=4), ["a", "abcd"]),
    (pattern("^id-[0-9]+$", minLength=6, maxLength=8), ["id-123", "id-12345"]), (pattern("^(?:a{2}){2}b{0,2}$"), ["aaaa", "aaaab", "aaaabb"]), (pattern("[0-9]"), ["1", "a1b"]),
    (pattern("^.{2}$"), ["ab", "é\""]), (text(format="date"), ["2024-02-29", "2025-12-31", "1999-04-30"]), (text(format="time"), ["12:30:00Z", "23:59:59.123+02:00"]),
    (text(format="date-time"), ["2024-02-29T10:00:00Z"]), (text(format="uuid"), ["123e4567-e89b-42d3-a456-426614174000"]), (text(format="ipv4"), ["127.0.0.1", "255.255.255.0"]),
    # Arrays.
    (array_of(INTEGER), [[], [1], [1, 2, 3]]), (array_of(STRING, minItems=1), [["a"], ["a", "b"]]), (array_of(NUMBER, maxItems=2), [[], [1.5, 2]]),
    (array_of(BOOLEAN, minItems=2, maxItems=3), [[True, False], [True, True, False]]), (array_of(array_of(INTEGER, minItems=1)), [[[1], [2, 3]], []]),
    ({"type": "array", "prefixItems": [INTEGER, STRING]}, [[1, "a"], [1], [], [1, "a", None]]), ({"type": "array", "prefixItems": [INTEGER, STRING], "items": False}, [[1, "a"], [1], []]),
    ({"type": "array", "prefixItems": [INTEGER, STRING], "items": BOOLEAN, "minItems": 2}, [[1, "a"], [1, "a", True]]),
    ({"type": "array", "prefixItems": [INTEGER, STRING, NULL], "minItems": 1, "maxItems": 2}, [[1], [1, "a"]]),
    ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": [INTEGER, STRING], "additionalItems": False}, [[1, "a"]]),
    (array_of(COLOUR, maxItems=1, uniqueItems=True), [["red"], []]), (array_of(True), [[1, "a"]]), (array_of(False), [[]]), ({"type": "array", "minItems": 2}, [[1, None]]),
    # Objects.
    (object_of([], a=STRING, b=INTEGER), [{}, {"a": "x"}, {"a": "x", "b": 1}, {"b": 1, "c": None}]), (object_of(["a"], a=STRING, b=INTEGER), [{"a": "x"}, {"a": "x", "b": 1}]),
    (object_of(["b"], False, a=STRING, b=INTEGER), [{"a": "x", "b": 1}, {"b": 1}]), (object_of([], False, a=STRING, b=INTEGER, c=NULL), [{}, {"a": "x", "c": None}, {"b": 2}]),
    (object_of(["a", "c"], False, a=STRING, b=INTEGER, c=NULL, d=BOOLEAN), [{"a": "x", "b": 1, "c": None, "d": True}, {"a": "x", "c": None}]),
    (object_of([], STRING, a=INTEGER), [{"a": 1, "b": "x"}, {"z": "x", "ab": "y"}]), (object_of(["a"], True, a=INTEGER, ab=STRING), [{"a": 1, "ab": "x", "abc": None}]),
    (object_of(["in\"valid"], False, **{"in\"valid": INTEGER, "é]": STRING}), [{"in\"valid": 1, "é]": "x"}]), (object_of([], BOOLEAN, **{"a\"": INTEGER, "\\": STRING}), [{"a\"": 1, "\\": "x", "q": True}]),
    ({"type": "object", "additionalProperties": INTEGER}, [{}, {"a": 1, "b": 2}]), ({"type": "object", "additionalProperties": False}, [{}]), ({"type": "object", "required": ["a"]}, [{"a": 1}, {"a": "x", "b": 2}]),
    ({"type": "object", "minProperties": 1}, [{"a": 1}]), ({"type": "object", "maxProperties": 1}, [{}, {"a": 1}]), (dict(object_of([], False, a=STRING, b=INTEGER), minProperties=1), [{"a": "x"}, {"b": 1}]),
    ({"type": "object", "patternProperties": {"^x-": STRING}, "additionalProperties": False}, [{"x-a": "1"}, {}]), ({"type": "object", "propertyNames": {"pattern": "^[a-z]{1,3}$"}}, [{"a": 1, "abc": 2}, {}]),
    (dict(object_of([], False, a=INTEGER), patternProperties={"^x-": STRING}), [{"a": 1, "x-b": "c"}]), (object_of(["a"], False, a=True, b=False), [{"a": 1}]),
    ({"properties": {"a": STRING}}, [{"a": "x"}, 5, "a"]), (object_of(["p", "q"], False, p=POINT, q=array_of(POINT)), [{"p": {"x": 1, "y": 2}, "q": [{"x": 0, "y": 0}]}]),
    # Combinations.
    ({"anyOf": [STRING, INTEGER]}, ["a", 1]), ({"oneOf": [STRING, NULL]}, ["a", None]), ({"anyOf": [object_of(["a"], a=STRING), object_of(["b"], b=INTEGER)]}, [{"a": "x"}, {"b": 1}]),
    ({"oneOf": [object_of(["kind", "r"], False, kind={"const": "circle"}, r=NUMBER), object_of(["kind", "w"], False, kind={"const": "square"}, w=NUMBER)]}, [{"kind": "circle", "r": 1.5}, {"kind": "square", "w": 2}]),
    ({"allOf": [object_of(["a"], a=STRING), object_of(["b"], b=INTEGER)]}, [{"a": "x", "b": 1}]), ({"allOf": [whole(minimum=3), whole(maximum=8)]}, [3, 8]), ({"allOf": [text(minLength=2), text(maxLength=4)]}, ["ab", "abcd"]),
    ({"allOf": [{"enum": [1, 2, 3]}, {"enum": [2, 3, 4]}]}, [2, 3]), (dict(object_of([], False, a=STRING, b=INTEGER), anyOf=[{"required": ["a"]}, {"required": ["b"]}]), [{"a": "x"}, {"b": 1}, {"a": "x", "b": 1}]),
    ({"type": "object", "properties": {"n": INTEGER}, "allOf": [{"required": ["n"]}]}, [{"n": 1}]), ({"not": {"type": "null"}}, [1, "a", [], {}]), ({"type": ["string", "integer"], "not": STRING}, [1]),
    ({"anyOf": [{"type": "array", "items": INTEGER}, {"type": "object", "additionalProperties": INTEGER}, COLOUR]}, [[1], {"a": 1}, "red"]),
    ({"allOf": [{"anyOf": [STRING, INTEGER]}, {"anyOf": [INTEGER, NULL]}]}, [5]), (object_of(["v"], False, v={"anyOf": [STRING, {"type": "array", "items": STRING}]}), [{"v": "a"}, {"v": ["a", "b"]}]),
    # References.
    (TREE, [{"value": 1}, {"value": 1, "children": [{"value": 2, "children": []}]}]), ({"$ref": "#/definitions/p", "definitions": {"p": POINT}}, [{"x": 1, "y": 2}]),
    (object_of(["next"], False, value=INTEGER, next={"anyOf": [NULL, {"$ref": "#"}]}), [{"next": None}, {"value": 1, "next": {"value": 2, "next": None}}]),
    ({"$ref": "#name", "$defs": {"a": {"$anchor": "name", "type": "integer"}}}, [1]), ({"$ref": "#/$defs/a~1b%20c", "$defs": {"a/b c": STRING}}, ["x"]),
    ({"$ref": "#/$defs/s", "maxLength": 2, "$defs": {"s": STRING}}, ["a", "ab"]), ({"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/s", "maxLength": 1, "definitions": {"s": STRING}}, ["abc"]),
    ({"$id": "https://example.com/a", "type": "array", "items": {"$ref": "https://example.com/a"}}, [[], [[], [[]]]]), (object_of([], {"$ref": "#/$defs/c"}, a={"$ref": "#/$defs/c"}) | {"$defs": {"c": COLOUR}}, [{"a": "red", "z": "blue"}]),
    # What a tool's parameters look like.
    (object_of(["path"], False, path=text(minLength=1), limit=whole(minimum=1, maximum=2000), recursive=BOOLEAN), [{"path": "a", "limit": 5}, {"path": "/a b", "limit": 2000, "recursive": True}]),
    (object_of(["steps"], False, steps=array_of(object_of(["content", "status"], False, content=STRING, status={"enum": ["pending", "done"]}, priority={"type": ["string", "null"]}), minItems=1)),
     [{"steps": [{"content": "x", "status": "done"}]}, {"steps": [{"content": "", "status": "pending", "priority": None}, {"content": "y", "status": "done", "priority": "high"}]}]),
    (object_of(["questions"], False, questions=array_of(object_of(["q", "options"], False, q=text(maxLength=30), options=array_of(object_of(["label"], False, label=STRING), minItems=1, maxItems=3)), maxItems=2)),
     [{"questions": [{"q": "why?", "options": [{"label": "a"}, {"label": "b"}]}]}]),
    # What a grammar lacks, and a validator does not.
    (array_of(INTEGER, uniqueItems=True), [[1, 2], [3]]), ({"type": "array", "contains": {"const": 1}}, [[1], [2, 1]]), (whole(multipleOf=5), [5, 10, 0]), ({"type": "number", "minimum": 0.5}, [0.5, 2]),
    ({"if": STRING, "then": {"minLength": 2}, "else": {"type": "integer"}}, ["ab", 5]), ({"type": "object", "dependentRequired": {"a": ["b"]}}, [{"a": 1, "b": 2}, {"b": 1}]),
    ({"not": {"const": "x"}, "type": "string"}, ["y"]), ({"oneOf": [whole(minimum=3), whole(maximum=5)]}, [1, 7]), ({"type": "object", "patternProperties": {"^n": INTEGER}}, [{"n1": 1, "a": "x"}]),
    ({"type": "array", "contains": STRING, "minContains": 2, "maxContains": 3}, [["a", "b"], ["a", 1, "b", "c"]]), ({"type": "object", "dependentSchemas": {"a": {"required": ["c"]}}}, [{"a": 1, "c": 2}]),
    ({"allOf": [object_of(["a"], a=STRING)], "properties": {"b": INTEGER}, "unevaluatedProperties": False}, [{"b": 1, "a": "x"}, {"a": "x"}]),
    ({"type": "array", "prefixItems": [INTEGER], "anyOf": [{"prefixItems": [True, STRING]}, {"minItems": 0}], "unevaluatedItems": False}, [[1], [1, "a"]]), (text(format="ipv6"), ["::1", "fe80::1:2"]),
]

SUBSTITUTES = [None, True, 0, -1, 3, 99, 2.5, "", "a", "zz top", "2023-02-29", [], ["a"], {}, {"a": 1}]


def variants(value):
    """Values that differ from this one in one place."""
    yield from (other for other in SUBSTITUTES)
    if isinstance(value, str) and value:
        yield from (value[1:], value[:-1], value + value[-1], value + "!", value.upper(), "\n" + value)
    if isinstance(value, int) and not isinstance(value, bool):
        yield from (value - 1, value + 1, value * 10, -value, value + 0.5)
    if isinstance(value, float):
        yield from (value - 1, value + 0.25, -value)
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield value[: index + 1] + value[index:]
            yield from (value[:index] + [other] + value[index + 1 :] for other in variants(element))
        yield value + [1]
    if isinstance(value, dict):
        for key in value:
            yield {name: member for name, member in value.items() if name != key}
            for other in variants(value[key]):
                yield {**value, key: other}
        yield {**value, "other": 1}
        yield {**value, "zz": "text"}


def is_plain(value):
    """Whether a number is spelled as a grammar spells it, and no member hides behind the same name."""
    return not (isinstance(value, float) and value == int(value))


def documents(schema, seeds, chance):
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    kind.check_schema(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    texts = {}
    for seed in seeds:
        others = [value for value in variants(seed)]
        chance.shuffle(others)
        for value in [seed] + others[:60]:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            if is_plain(value) and text not in texts:
                texts[text] = validator.is_valid(value)
    for seed in seeds:
        assert validator.is_valid(seed), (schema, seed)
    return [{"text": text, "valid": valid} for text, valid in texts.items()]


if __name__ == "__main__":
    chance = random.Random(4242)
    print(json.dumps([{"schema": schema, "documents": documents(schema, seeds, chance)} for schema, seeds in CORPUS]))
