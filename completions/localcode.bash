# Completions of localcode for bash.
# Written by 'localcode help --generate bash'; edit the command table instead.

# Sets what can be typed behind the command $1.
_localcode_table() {
    case $1 in
    "localcode")
        commands="serve models chat fim rerank grammar route cache state bench config help"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode serve")
        commands=""
        options="--host -p --port -m --model --llama-server --memory-budget --model-ttl --swap-patience --load-timeout --engine-timeout -e --engine --engine-key --no-auto-engine --glm-url --glm-key --api-key --allow-origin --no-cache --slot-dir --engine-id --save-idle --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --answer-cache --image-urls --image-limit --repairs --log-format --log-content --keep-alive --body-limit --grace --dry-run -v --verbose --config -h --help -V --version"
        values="--host -p --port -m --model --llama-server --memory-budget --model-ttl --swap-patience --load-timeout --engine-timeout -e --engine --engine-key --glm-url --glm-key --api-key --allow-origin --slot-dir --engine-id --save-idle --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --answer-cache --image-urls --image-limit --repairs --log-format --log-content --keep-alive --body-limit --grace --config"
        ;;
    "localcode models")
        commands="ls show pair plan steer"
        options="--config -h --help -V --version --plan --json --host -p --port --api-key --llama-server --cache-dir"
        values="--config --plan --host -p --port --api-key --llama-server --cache-dir"
        ;;
    "localcode models ls")
        commands=""
        options="--plan --json --host -p --port --api-key --llama-server --cache-dir --config -h --help -V --version"
        values="--plan --host -p --port --api-key --llama-server --cache-dir --config"
        ;;
    "localcode models show")
        commands=""
        options="--context --slots --type-k --type-v --json --config -h --help -V --version"
        values="--context --slots --type-k --type-v --config"
        ;;
    "localcode models pair")
        commands=""
        options="--json --config -h --help -V --version"
        values="--config"
        ;;
    "localcode models plan")
        commands=""
        options="--llama-server --cache-dir --json --config -h --help -V --version"
        values="--llama-server --cache-dir --config"
        ;;
    "localcode models steer")
        commands=""
        options="--vector --layers --off --json --host -p --port --api-key --config -h --help -V --version"
        values="--vector --layers --host -p --port --api-key --config"
        ;;
    "localcode chat")
        commands=""
        options="-f --file --image -m --model -s --system --json-schema --grammar --max-tokens --temperature --no-stream --json --url --host -p --port --api-key --glm-key --config -h --help -V --version"
        values="-f --file --image -m --model -s --system --json-schema --grammar --max-tokens --temperature --url --host -p --port --api-key --glm-key --config"
        ;;
    "localcode fim")
        commands=""
        options="--prefix --suffix --mark -x --extra --context -n --n --stop --max-tokens --temperature -m --model --diff --json --url --host -p --port --api-key --glm-key --config -h --help -V --version"
        values="--prefix --suffix --mark -x --extra --context -n --n --stop --max-tokens --temperature -m --model --url --host -p --port --api-key --glm-key --config"
        ;;
    "localcode rerank")
        commands=""
        options="-n --top -t --type --lines -l --list --lexical --candidates -m --model --json --url --host -p --port --api-key --glm-key --cache-dir --config -h --help -V --version"
        values="-n --top -t --type --lines --candidates -m --model --url --host -p --port --api-key --glm-key --cache-dir --config"
        ;;
    "localcode grammar")
        commands="check from-schema fmt sample show"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode grammar check")
        commands=""
        options="-i --input --start --json --config -h --help -V --version"
        values="-i --input --start --config"
        ;;
    "localcode grammar from-schema")
        commands=""
        options="--strict --closed --json --config -h --help -V --version"
        values="--config"
        ;;
    "localcode grammar fmt")
        commands=""
        options="-w --write --check --config -h --help -V --version"
        values="--config"
        ;;
    "localcode grammar sample")
        commands=""
        options="-n --count --seed --length --start --json --config -h --help -V --version"
        values="-n --count --seed --length --start --config"
        ;;
    "localcode grammar show")
        commands=""
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode route")
        commands="explain"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode route explain")
        commands=""
        options="-l --last -H --header --json --url --host -p --port --api-key -m --model --glm-key --glm-url --config -h --help -V --version"
        values="-H --header --url --host -p --port --api-key -m --model --glm-key --glm-url --config"
        ;;
    "localcode cache")
        commands="ls stats why warm prune pin unpin verify"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode cache ls")
        commands=""
        options="-m --model --fingerprint --why --pinned --quarantined --unused -s --sort -r --reverse --json --cache-dir --cache-size --cache-entries --cache-ttl --cache-policy --config -h --help -V --version"
        values="-m --model --fingerprint -s --sort --cache-dir --cache-size --cache-entries --cache-ttl --cache-policy --config"
        ;;
    "localcode cache stats")
        commands=""
        options="--json --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config -h --help -V --version"
        values="--cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config"
        ;;
    "localcode cache why")
        commands=""
        options="--json --cache-dir --config -h --help -V --version"
        values="--cache-dir --config"
        ;;
    "localcode cache warm")
        commands=""
        options="--last --template --json --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config -h --help -V --version"
        values="--last --template --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config"
        ;;
    "localcode cache prune")
        commands=""
        options="--older-than --max-size --max-entries -m --model --fingerprint --unused --quarantined --all -n --dry-run --json --cache-dir --cache-size --cache-entries --cache-ttl --cache-policy --config -h --help -V --version"
        values="--older-than --max-size --max-entries -m --model --fingerprint --cache-dir --cache-size --cache-entries --cache-ttl --cache-policy --config"
        ;;
    "localcode cache pin")
        commands=""
        options="--json --cache-dir --config -h --help -V --version"
        values="--cache-dir --config"
        ;;
    "localcode cache unpin")
        commands=""
        options="--json --cache-dir --config -h --help -V --version"
        values="--cache-dir --config"
        ;;
    "localcode cache verify")
        commands=""
        options="--json --cache-dir --config -h --help -V --version"
        values="--cache-dir --config"
        ;;
    "localcode state")
        commands="save load ls rm inspect slots"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode state save")
        commands=""
        options="--slot -m --model --conversation -o --output --json --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config -h --help -V --version"
        values="--slot -m --model --conversation -o --output --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config"
        ;;
    "localcode state load")
        commands=""
        options="--slot -m --model --json --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config -h --help -V --version"
        values="--slot -m --model --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config"
        ;;
    "localcode state ls")
        commands=""
        options="-m --model --fingerprint --json --cache-dir --config -h --help -V --version"
        values="-m --model --fingerprint --cache-dir --config"
        ;;
    "localcode state rm")
        commands=""
        options="--fingerprint --json --cache-dir --config -h --help -V --version"
        values="--fingerprint --cache-dir --config"
        ;;
    "localcode state inspect")
        commands=""
        options="--fingerprint --json --cache-dir --config -h --help -V --version"
        values="--fingerprint --cache-dir --config"
        ;;
    "localcode state slots")
        commands=""
        options="-m --model --json --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config -h --help -V --version"
        values="-m --model --host -p --port --api-key -e --engine --engine-key --slot-dir --engine-id --cache-dir --cache-size --cache-entries --cache-ttl --cache-min-free --cache-policy --config"
        ;;
    "localcode bench")
        commands="spec batch flash swap chat proxy cache replay eviction fim rerank grammar route"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode bench spec")
        commands=""
        options="-r --rounds -n --tokens --tasks --draft --lengths --kinds -q --quick --apply --json --csv --compare --llama-server --cache-dir --config -h --help -V --version"
        values="-r --rounds -n --tokens --tasks --draft --lengths --kinds --compare --llama-server --cache-dir --config"
        ;;
    "localcode bench batch")
        commands=""
        options="-c --clients --prompt --answer -r --rounds --requests -q --quick --no-proxy --localcode --json --csv --compare --llama-server --cache-dir --config -h --help -V --version"
        values="-c --clients --prompt --answer -r --rounds --requests --localcode --compare --llama-server --cache-dir --config"
        ;;
    "localcode bench flash")
        commands=""
        options="--types --sizes -n --tokens -r --rounds -q --quick --json --csv --compare --llama-server --cache-dir --config -h --help -V --version"
        values="--types --sizes -n --tokens -r --rounds --compare --llama-server --cache-dir --config"
        ;;
    "localcode bench swap")
        commands=""
        options="--prompt -r --rounds -q --quick --localcode --json --csv --compare --llama-server --cache-dir --config -h --help -V --version"
        values="--prompt -r --rounds --localcode --compare --llama-server --cache-dir --config"
        ;;
    "localcode bench chat")
        commands=""
        options="--url -m --model -c --clients -d --duration --prompt --answer --ignore-eos --json --csv --compare --host -p --port --api-key --glm-key --config -h --help -V --version"
        values="--url -m --model -c --clients -d --duration --prompt --answer --compare --host -p --port --api-key --glm-key --config"
        ;;
    "localcode bench proxy")
        commands=""
        options="-d --duration -q --quick --sizes --streams -t --target --upstream-port --nginx --localcode --log-format --log-off --json --config -h --help -V --version"
        values="-d --duration --sizes --streams -t --target --upstream-port --nginx --localcode --log-format --config"
        ;;
    "localcode bench cache")
        commands=""
        options="--sizes -r --rounds --pairs -q --quick --stillwarm --json --llama-server --engine-model --engine-option --localcode --config -h --help -V --version"
        values="--sizes -r --rounds --pairs --stillwarm --llama-server --engine-model --engine-option --localcode --config"
        ;;
    "localcode bench replay")
        commands=""
        options="--seed -n --sessions --scale --answer-tokens --json --llama-server --engine-model --engine-option --localcode --config -h --help -V --version"
        values="--seed -n --sessions --scale --answer-tokens --llama-server --engine-model --engine-option --localcode --config"
        ;;
    "localcode bench eviction")
        commands=""
        options="-g --generate --seed -n --sessions --one-offs -b --budget --token-size --prefill-rate --slots --json --config -h --help -V --version"
        values="-g --generate --seed -n --sessions --one-offs -b --budget --token-size --prefill-rate --slots --config"
        ;;
    "localcode bench fim")
        commands=""
        options="-r --requests --prefix --json --llama-server --engine-model --engine-option --localcode --config -h --help -V --version"
        values="-r --requests --prefix --llama-server --engine-model --engine-option --localcode --config"
        ;;
    "localcode bench rerank")
        commands=""
        options="--lines -r --rounds --questions --rg --candidates -m --model --json --url --host -p --port --api-key --glm-key --config -h --help -V --version"
        values="--lines -r --rounds --questions --rg --candidates -m --model --url --host -p --port --api-key --glm-key --config"
        ;;
    "localcode bench grammar")
        commands=""
        options="-n --runs --json --config -h --help -V --version"
        values="-n --runs --config"
        ;;
    "localcode bench route")
        commands=""
        options="-n --runs --json --config -h --help -V --version"
        values="-n --runs --config"
        ;;
    "localcode config")
        commands="check show route-example opencode"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode config check")
        commands=""
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode config show")
        commands=""
        options="--json --config -h --help -V --version"
        values="--config"
        ;;
    "localcode config route-example")
        commands=""
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode config opencode")
        commands=""
        options="--host -p --port -m --model --api-key --context --config -h --help -V --version"
        values="--host -p --port -m --model --api-key --context --config"
        ;;
    "localcode help")
        commands=""
        options="-g --generate -o --output --config -h --help -V --version"
        values="-g --generate -o --output --config"
        ;;
    esac
}

# Completes the value $3 of the option $2 of the command $1.
_localcode_value() {
    case "$1:$2" in
    "localcode:--config") _localcode_paths -f "$3" ;;
    "localcode serve:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode serve:--llama-server") _localcode_paths -f "$3" ;;
    "localcode serve:-e" | "localcode serve:--engine") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode serve:--glm-url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode serve:--slot-dir") _localcode_paths -d "$3" ;;
    "localcode serve:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode serve:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode serve:--image-urls") _localcode_words "public any off" "$3" ;;
    "localcode serve:--log-format") _localcode_words "pretty json off" "$3" ;;
    "localcode serve:--log-content") _localcode_words "preview full none" "$3" ;;
    "localcode serve:--config") _localcode_paths -f "$3" ;;
    "localcode models:--config") _localcode_paths -f "$3" ;;
    "localcode models:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode models:--llama-server") _localcode_paths -f "$3" ;;
    "localcode models:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode models ls:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode models ls:--llama-server") _localcode_paths -f "$3" ;;
    "localcode models ls:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode models ls:--config") _localcode_paths -f "$3" ;;
    "localcode models show:--type-k") _localcode_words "f32 f16 bf16 q8_0 q5_1 q5_0 iq4_nl q4_1 q4_0" "$3" ;;
    "localcode models show:--type-v") _localcode_words "f32 f16 bf16 q8_0 q5_1 q5_0 iq4_nl q4_1 q4_0" "$3" ;;
    "localcode models show:--config") _localcode_paths -f "$3" ;;
    "localcode models pair:--config") _localcode_paths -f "$3" ;;
    "localcode models plan:--llama-server") _localcode_paths -f "$3" ;;
    "localcode models plan:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode models plan:--config") _localcode_paths -f "$3" ;;
    "localcode models steer:--vector") _localcode_paths -f "$3" ;;
    "localcode models steer:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode models steer:--config") _localcode_paths -f "$3" ;;
    "localcode chat:-f" | "localcode chat:--file") _localcode_paths -f "$3" ;;
    "localcode chat:--image") _localcode_paths -f "$3" ;;
    "localcode chat:--json-schema") _localcode_paths -f "$3" ;;
    "localcode chat:--grammar") _localcode_paths -f "$3" ;;
    "localcode chat:--url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode chat:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode chat:--config") _localcode_paths -f "$3" ;;
    "localcode fim:--prefix") _localcode_paths -f "$3" ;;
    "localcode fim:--suffix") _localcode_paths -f "$3" ;;
    "localcode fim:-x" | "localcode fim:--extra") _localcode_paths -f "$3" ;;
    "localcode fim:--context") _localcode_words "none auto" "$3" ;;
    "localcode fim:--url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode fim:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode fim:--config") _localcode_paths -f "$3" ;;
    "localcode rerank:--url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode rerank:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode rerank:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode rerank:--config") _localcode_paths -f "$3" ;;
    "localcode grammar:--config") _localcode_paths -f "$3" ;;
    "localcode grammar check:-i" | "localcode grammar check:--input") _localcode_paths -f "$3" ;;
    "localcode grammar check:--config") _localcode_paths -f "$3" ;;
    "localcode grammar from-schema:--config") _localcode_paths -f "$3" ;;
    "localcode grammar fmt:--config") _localcode_paths -f "$3" ;;
    "localcode grammar sample:--config") _localcode_paths -f "$3" ;;
    "localcode grammar show:--config") _localcode_paths -f "$3" ;;
    "localcode route:--config") _localcode_paths -f "$3" ;;
    "localcode route explain:--url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode route explain:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode route explain:--glm-url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode route explain:--config") _localcode_paths -f "$3" ;;
    "localcode cache:--config") _localcode_paths -f "$3" ;;
    "localcode cache ls:-s" | "localcode cache ls:--sort") _localcode_words "age size hits tokens saved used" "$3" ;;
    "localcode cache ls:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache ls:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode cache ls:--config") _localcode_paths -f "$3" ;;
    "localcode cache stats:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache stats:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode cache stats:--config") _localcode_paths -f "$3" ;;
    "localcode cache why:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache why:--config") _localcode_paths -f "$3" ;;
    "localcode cache warm:--template") _localcode_paths -f "$3" ;;
    "localcode cache warm:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode cache warm:-e" | "localcode cache warm:--engine") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode cache warm:--slot-dir") _localcode_paths -d "$3" ;;
    "localcode cache warm:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache warm:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode cache warm:--config") _localcode_paths -f "$3" ;;
    "localcode cache prune:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache prune:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode cache prune:--config") _localcode_paths -f "$3" ;;
    "localcode cache pin:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache pin:--config") _localcode_paths -f "$3" ;;
    "localcode cache unpin:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache unpin:--config") _localcode_paths -f "$3" ;;
    "localcode cache verify:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode cache verify:--config") _localcode_paths -f "$3" ;;
    "localcode state:--config") _localcode_paths -f "$3" ;;
    "localcode state save:-o" | "localcode state save:--output") _localcode_paths -f "$3" ;;
    "localcode state save:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode state save:-e" | "localcode state save:--engine") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode state save:--slot-dir") _localcode_paths -d "$3" ;;
    "localcode state save:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode state save:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode state save:--config") _localcode_paths -f "$3" ;;
    "localcode state load:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode state load:-e" | "localcode state load:--engine") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode state load:--slot-dir") _localcode_paths -d "$3" ;;
    "localcode state load:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode state load:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode state load:--config") _localcode_paths -f "$3" ;;
    "localcode state ls:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode state ls:--config") _localcode_paths -f "$3" ;;
    "localcode state rm:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode state rm:--config") _localcode_paths -f "$3" ;;
    "localcode state inspect:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode state inspect:--config") _localcode_paths -f "$3" ;;
    "localcode state slots:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode state slots:-e" | "localcode state slots:--engine") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode state slots:--slot-dir") _localcode_paths -d "$3" ;;
    "localcode state slots:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode state slots:--cache-policy") _localcode_words "lru adaptive" "$3" ;;
    "localcode state slots:--config") _localcode_paths -f "$3" ;;
    "localcode bench:--config") _localcode_paths -f "$3" ;;
    "localcode bench spec:--draft") _localcode_paths -f "$3" ;;
    "localcode bench spec:--compare") _localcode_paths -f "$3" ;;
    "localcode bench spec:--llama-server") _localcode_paths -f "$3" ;;
    "localcode bench spec:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode bench spec:--config") _localcode_paths -f "$3" ;;
    "localcode bench batch:--localcode") _localcode_paths -f "$3" ;;
    "localcode bench batch:--compare") _localcode_paths -f "$3" ;;
    "localcode bench batch:--llama-server") _localcode_paths -f "$3" ;;
    "localcode bench batch:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode bench batch:--config") _localcode_paths -f "$3" ;;
    "localcode bench flash:--compare") _localcode_paths -f "$3" ;;
    "localcode bench flash:--llama-server") _localcode_paths -f "$3" ;;
    "localcode bench flash:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode bench flash:--config") _localcode_paths -f "$3" ;;
    "localcode bench swap:--localcode") _localcode_paths -f "$3" ;;
    "localcode bench swap:--compare") _localcode_paths -f "$3" ;;
    "localcode bench swap:--llama-server") _localcode_paths -f "$3" ;;
    "localcode bench swap:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode bench swap:--config") _localcode_paths -f "$3" ;;
    "localcode bench chat:--url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode bench chat:--compare") _localcode_paths -f "$3" ;;
    "localcode bench chat:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode bench chat:--config") _localcode_paths -f "$3" ;;
    "localcode bench proxy:--nginx") _localcode_paths -f "$3" ;;
    "localcode bench proxy:--localcode") _localcode_paths -f "$3" ;;
    "localcode bench proxy:--log-format") _localcode_words "pretty json off" "$3" ;;
    "localcode bench proxy:--config") _localcode_paths -f "$3" ;;
    "localcode bench cache:--stillwarm") _localcode_paths -f "$3" ;;
    "localcode bench cache:--llama-server") _localcode_paths -f "$3" ;;
    "localcode bench cache:--engine-model") _localcode_paths -f "$3" ;;
    "localcode bench cache:--localcode") _localcode_paths -f "$3" ;;
    "localcode bench cache:--config") _localcode_paths -f "$3" ;;
    "localcode bench replay:--llama-server") _localcode_paths -f "$3" ;;
    "localcode bench replay:--engine-model") _localcode_paths -f "$3" ;;
    "localcode bench replay:--localcode") _localcode_paths -f "$3" ;;
    "localcode bench replay:--config") _localcode_paths -f "$3" ;;
    "localcode bench eviction:-g" | "localcode bench eviction:--generate") _localcode_paths -f "$3" ;;
    "localcode bench eviction:--config") _localcode_paths -f "$3" ;;
    "localcode bench fim:--llama-server") _localcode_paths -f "$3" ;;
    "localcode bench fim:--engine-model") _localcode_paths -f "$3" ;;
    "localcode bench fim:--localcode") _localcode_paths -f "$3" ;;
    "localcode bench fim:--config") _localcode_paths -f "$3" ;;
    "localcode bench rerank:--questions") _localcode_paths -f "$3" ;;
    "localcode bench rerank:--rg") _localcode_paths -f "$3" ;;
    "localcode bench rerank:--url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode bench rerank:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode bench rerank:--config") _localcode_paths -f "$3" ;;
    "localcode bench grammar:--config") _localcode_paths -f "$3" ;;
    "localcode bench route:--config") _localcode_paths -f "$3" ;;
    "localcode config:--config") _localcode_paths -f "$3" ;;
    "localcode config check:--config") _localcode_paths -f "$3" ;;
    "localcode config show:--config") _localcode_paths -f "$3" ;;
    "localcode config route-example:--config") _localcode_paths -f "$3" ;;
    "localcode config opencode:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode config opencode:--config") _localcode_paths -f "$3" ;;
    "localcode help:-g" | "localcode help:--generate") _localcode_words "man bash zsh fish" "$3" ;;
    "localcode help:-o" | "localcode help:--output") _localcode_paths -d "$3" ;;
    "localcode help:--config") _localcode_paths -f "$3" ;;
    esac
}

# Completes the operand $2 of the command $1.
_localcode_operand() {
    case $1 in
    "localcode models show") _localcode_paths -f "$2" ;;
    "localcode models pair") _localcode_paths -f "$2" ;;
    "localcode fim") _localcode_paths -f "$2" ;;
    "localcode rerank") _localcode_paths -f "$2" ;;
    "localcode grammar check") _localcode_paths -f "$2" ;;
    "localcode grammar from-schema") _localcode_paths -f "$2" ;;
    "localcode grammar fmt") _localcode_paths -f "$2" ;;
    "localcode grammar sample") _localcode_paths -f "$2" ;;
    "localcode grammar show") _localcode_paths -f "$2" ;;
    "localcode route explain") _localcode_paths -f "$2" ;;
    "localcode cache why") _localcode_paths -f "$2" ;;
    "localcode cache warm") _localcode_paths -f "$2" ;;
    "localcode state load") _localcode_paths -f "$2" ;;
    "localcode state inspect") _localcode_paths -f "$2" ;;
    "localcode bench spec") _localcode_paths -f "$2" ;;
    "localcode bench batch") _localcode_paths -f "$2" ;;
    "localcode bench flash") _localcode_paths -f "$2" ;;
    "localcode bench swap") _localcode_paths -f "$2" ;;
    "localcode bench replay") _localcode_paths -f "$2" ;;
    "localcode bench eviction") _localcode_paths -f "$2" ;;
    "localcode bench rerank") _localcode_paths -d "$2" ;;
    "localcode config check") _localcode_paths -f "$2" ;;
    "localcode help") _localcode_words "serve models chat fim rerank grammar route cache state bench config help" "$2" ;;
    *) ;;
    esac
}

# Offers what compgen prints for these arguments.
_localcode_offer() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@")
}

_localcode_words() {
    _localcode_offer -W "$1" -- "$2"
}

_localcode_paths() {
    _localcode_offer "$1" -- "$2"
    compopt -o filenames 2>/dev/null
}

_localcode() {
    local commands options values path=localcode ended="" word option i
    local current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    _localcode_table "$path"
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == -- ]]; then
            ended=1
            break
        elif [[ " $values " == *" $word "* ]]; then
            # Bash splits --option=value into three words.
            [[ ${COMP_WORDS[i + 1]} == "=" ]] && ((i++))
            ((i++))
        elif [[ " $commands " == *" $word "* ]]; then
            path="$path $word"
            _localcode_table "$path"
        fi
    done
    if [[ -z $ended ]]; then
        option=${COMP_WORDS[COMP_CWORD - 1]}
        if [[ $current == "=" ]]; then
            current=
        elif [[ $option == "=" ]] && ((COMP_CWORD > 2)); then
            option=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        if [[ $option == -* && " $values " == *" $option "* ]]; then
            _localcode_value "$path" "$option" "$current"
            return
        elif [[ $current == -* ]]; then
            _localcode_words "$options" "$current"
            return
        fi
    fi
    if [[ -n $commands ]]; then
        _localcode_words "$commands" "$current"
    else
        _localcode_operand "$path" "$current"
    fi
}

complete -F _localcode localcode
