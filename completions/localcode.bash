# Completions of localcode for bash.
# Written by 'localcode help --generate bash'; edit the command table instead.

# Sets what can be typed behind the command $1.
_localcode_table() {
    case $1 in
    "localcode")
        commands="serve chat bench config help"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode serve")
        commands=""
        options="--host -p --port -m --model -e --engine --engine-key --no-auto-engine --glm-url --glm-key --api-key --allow-origin --cache-dir --log-format --log-content --keep-alive --body-limit --grace --config -h --help -V --version"
        values="--host -p --port -m --model -e --engine --engine-key --glm-url --glm-key --api-key --allow-origin --cache-dir --log-format --log-content --keep-alive --body-limit --grace --config"
        ;;
    "localcode chat")
        commands=""
        options="-f --file --image -m --model -s --system --json-schema --grammar --max-tokens --temperature --no-stream --json --url --host -p --port --api-key --glm-key --config -h --help -V --version"
        values="-f --file --image -m --model -s --system --json-schema --grammar --max-tokens --temperature --url --host -p --port --api-key --glm-key --config"
        ;;
    "localcode bench")
        commands="proxy"
        options="--config -h --help -V --version"
        values="--config"
        ;;
    "localcode bench proxy")
        commands=""
        options="-d --duration -q --quick --sizes --streams -t --target --upstream-port --nginx --localcode --log-format --log-off --json --config -h --help -V --version"
        values="-d --duration --sizes --streams -t --target --upstream-port --nginx --localcode --log-format --config"
        ;;
    "localcode config")
        commands="check show opencode"
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
    "localcode serve:-e" | "localcode serve:--engine") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode serve:--glm-url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode serve:--cache-dir") _localcode_paths -d "$3" ;;
    "localcode serve:--log-format") _localcode_words "pretty json off" "$3" ;;
    "localcode serve:--log-content") _localcode_words "preview full none" "$3" ;;
    "localcode serve:--config") _localcode_paths -f "$3" ;;
    "localcode chat:-f" | "localcode chat:--file") _localcode_paths -f "$3" ;;
    "localcode chat:--image") _localcode_paths -f "$3" ;;
    "localcode chat:--json-schema") _localcode_paths -f "$3" ;;
    "localcode chat:--grammar") _localcode_paths -f "$3" ;;
    "localcode chat:--url") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode chat:--host") _localcode_words "127.0.0.1 localhost" "$3" ;;
    "localcode chat:--config") _localcode_paths -f "$3" ;;
    "localcode bench:--config") _localcode_paths -f "$3" ;;
    "localcode bench proxy:--nginx") _localcode_paths -f "$3" ;;
    "localcode bench proxy:--localcode") _localcode_paths -f "$3" ;;
    "localcode bench proxy:--log-format") _localcode_words "pretty json off" "$3" ;;
    "localcode bench proxy:--config") _localcode_paths -f "$3" ;;
    "localcode config:--config") _localcode_paths -f "$3" ;;
    "localcode config check:--config") _localcode_paths -f "$3" ;;
    "localcode config show:--config") _localcode_paths -f "$3" ;;
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
    "localcode config check") _localcode_paths -f "$2" ;;
    "localcode help") _localcode_words "serve chat bench config help" "$2" ;;
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
