# Completions of localcode for fish.
# Written by 'localcode help --generate fish'; edit the command table instead.

# Prints the command that the words before the cursor choose.
function __localcode_path
    set -l path localcode
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        if test "$word" = --
            break
        end
        switch "$path:$word"
            case 'localcode:--config'
                set skip 1
            case 'localcode:serve'
                set path 'localcode serve'
            case 'localcode:chat'
                set path 'localcode chat'
            case 'localcode:bench'
                set path 'localcode bench'
            case 'localcode:config'
                set path 'localcode config'
            case 'localcode:help'
                set path 'localcode help'
            case 'localcode serve:--host' 'localcode serve:-p' 'localcode serve:--port' 'localcode serve:-m' 'localcode serve:--model' 'localcode serve:-e' 'localcode serve:--engine' 'localcode serve:--engine-key' 'localcode serve:--glm-url' 'localcode serve:--glm-key' 'localcode serve:--api-key' 'localcode serve:--allow-origin' 'localcode serve:--cache-dir' 'localcode serve:--log-format' 'localcode serve:--log-content' 'localcode serve:--keep-alive' 'localcode serve:--body-limit' 'localcode serve:--grace' 'localcode serve:--config'
                set skip 1
            case 'localcode chat:-f' 'localcode chat:--file' 'localcode chat:--image' 'localcode chat:-m' 'localcode chat:--model' 'localcode chat:-s' 'localcode chat:--system' 'localcode chat:--json-schema' 'localcode chat:--grammar' 'localcode chat:--max-tokens' 'localcode chat:--temperature' 'localcode chat:--url' 'localcode chat:--host' 'localcode chat:-p' 'localcode chat:--port' 'localcode chat:--api-key' 'localcode chat:--glm-key' 'localcode chat:--config'
                set skip 1
            case 'localcode bench:--config'
                set skip 1
            case 'localcode bench:proxy'
                set path 'localcode bench proxy'
            case 'localcode bench proxy:-d' 'localcode bench proxy:--duration' 'localcode bench proxy:--sizes' 'localcode bench proxy:--streams' 'localcode bench proxy:-t' 'localcode bench proxy:--target' 'localcode bench proxy:--upstream-port' 'localcode bench proxy:--nginx' 'localcode bench proxy:--localcode' 'localcode bench proxy:--log-format' 'localcode bench proxy:--config'
                set skip 1
            case 'localcode config:--config'
                set skip 1
            case 'localcode config:check'
                set path 'localcode config check'
            case 'localcode config:show'
                set path 'localcode config show'
            case 'localcode config:opencode'
                set path 'localcode config opencode'
            case 'localcode config check:--config'
                set skip 1
            case 'localcode config show:--config'
                set skip 1
            case 'localcode config opencode:--host' 'localcode config opencode:-p' 'localcode config opencode:--port' 'localcode config opencode:-m' 'localcode config opencode:--model' 'localcode config opencode:--api-key' 'localcode config opencode:--context' 'localcode config opencode:--config'
                set skip 1
            case 'localcode help:-g' 'localcode help:--generate' 'localcode help:-o' 'localcode help:--output' 'localcode help:--config'
                set skip 1
        end
    end
    echo $path
end

function __localcode_at
    test (__localcode_path) = $argv[1]
end

complete -c localcode -f
complete -c localcode -n '__localcode_at \'localcode\'' -a serve -d 'Run the OpenAI-compatible proxy'
complete -c localcode -n '__localcode_at \'localcode\'' -a chat -d 'Ask a model a question, or talk with it'
complete -c localcode -n '__localcode_at \'localcode\'' -a bench -d 'Measure LocalCode on this machine'
complete -c localcode -n '__localcode_at \'localcode\'' -a config -d 'Check and show the settings, and write the configuration of OpenCode'
complete -c localcode -n '__localcode_at \'localcode\'' -a help -d 'Show the help of a command, or write man pages and completions'
complete -c localcode -n '__localcode_at \'localcode\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l host -x -a '127.0.0.1 localhost' -d 'address of the proxy'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l port -s p -x -d 'port of the proxy; 0 lets the system choose'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l model -s m -x -d 'model for requests that name none'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l engine -s e -x -a '127.0.0.1 localhost' -d 'attach to the llama-server at this URL'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l engine-key -x -d 'API key of the llama-server'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l no-auto-engine -d 'look for a llama-server, or start one, when no --engine is given'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l glm-url -x -a '127.0.0.1 localhost' -d 'base URL of the GLM API'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l glm-key -x -d 'key of the GLM API'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l api-key -x -d 'key that clients of the proxy must send'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l allow-origin -x -d 'let web pages of ORIGIN call, besides those of this machine'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l cache-dir -x -a '(__fish_complete_directories)' -d 'where LocalCode keeps what it can make again'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l log-format -x -a 'pretty json off' -d 'how the log of requests looks'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l log-content -x -a 'preview full none' -d 'how much of messages and answers the log shows'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l keep-alive -x -d 'send a comment into a stream that was silent for TIME'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l body-limit -x -d 'longest request body'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l grace -x -d 'time that running requests get to finish at the end'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode serve\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l file -s f -r -F -d 'send this text file along (up to 8 MiB)'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l image -r -F -d 'send this picture along: PNG, JPEG, WebP or GIF'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l model -s m -x -d 'model for requests that name none'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l system -s s -x -d 'instructions that come before the conversation'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l json-schema -r -F -d 'make the answer fit the JSON schema in FILE'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l grammar -r -F -d 'make the answer fit the GBNF grammar in FILE (llama.cpp only)'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l max-tokens -x -d 'longest answer, in tokens'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l temperature -x -d 'how freely the model chooses its words; 0 is the most likely ones'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l no-stream -d 'print the answer while it comes'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l json -d 'print the server\'s whole response instead of the answer'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l url -x -a '127.0.0.1 localhost' -d 'ask this server instead of the proxy of this machine'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l host -x -a '127.0.0.1 localhost' -d 'address of the proxy'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l port -s p -x -d 'port of the proxy; 0 lets the system choose'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l api-key -x -d 'key that clients of the proxy must send'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l glm-key -x -d 'key of the GLM API'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode chat\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode bench\'' -a proxy -d 'Compare the proxy with the direct way and with nginx'
complete -c localcode -n '__localcode_at \'localcode bench\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode bench\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode bench\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l duration -s d -x -d 'how long each target is measured in each cell'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l quick -s q -d 'take a rough look: a sixth of the time'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l sizes -x -d 'sizes of the request bodies in kilobytes, with commas between'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l streams -x -d 'numbers of streams at once, with commas between'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l target -s t -x -d 'measure another proxy in front of the upstream\'s port'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l upstream-port -x -d 'port of the upstream; 0 lets the kernel choose'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l nginx -r -F -d 'nginx to compare with; none leaves it out'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l localcode -r -F -d 'LocalCode to measure; this one by default'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l log-format -x -a 'pretty json off' -d 'log that the measured LocalCode writes (to a file)'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l log-off -d 'also measure a LocalCode that writes no log'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l json -d 'print the report as JSON'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode bench proxy\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode config\'' -a check -d 'Check a configuration file and the environment'
complete -c localcode -n '__localcode_at \'localcode config\'' -a show -d 'Show every setting, its value and where it comes from'
complete -c localcode -n '__localcode_at \'localcode config\'' -a opencode -d 'Print the opencode.json that points OpenCode at this proxy'
complete -c localcode -n '__localcode_at \'localcode config\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode config\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode config\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode config check\'' -F
complete -c localcode -n '__localcode_at \'localcode config check\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode config check\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode config check\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode config show\'' -l json -d 'print one JSON object instead of a table'
complete -c localcode -n '__localcode_at \'localcode config show\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode config show\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode config show\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l host -x -a '127.0.0.1 localhost' -d 'address of the proxy'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l port -s p -x -d 'port of the proxy; 0 lets the system choose'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l model -s m -x -d 'model for requests that name none'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l api-key -x -d 'key that clients of the proxy must send'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l context -x -d 'context of models whose context the proxy does not know'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode config opencode\'' -l version -s V -d 'show the version'
complete -c localcode -n '__localcode_at \'localcode help\'' -a 'serve chat bench config help'
complete -c localcode -n '__localcode_at \'localcode help\'' -l generate -s g -x -a 'man bash zsh fish' -d 'write the man pages or the completions of a shell'
complete -c localcode -n '__localcode_at \'localcode help\'' -l output -s o -x -a '(__fish_complete_directories)' -d 'directory to write the generated files to, made if it is missing'
complete -c localcode -n '__localcode_at \'localcode help\'' -l config -r -F -d 'read the settings from FILE instead of localcode.yaml'
complete -c localcode -n '__localcode_at \'localcode help\'' -l help -s h -d 'show this help'
complete -c localcode -n '__localcode_at \'localcode help\'' -l version -s V -d 'show the version'
