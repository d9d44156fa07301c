"""Completion of `kubectl-lab` itself, for those who start it without kubectl. Each asks `kubectl-lab __complete`."""

from __future__ import annotations

BASH = r"""# bash completion for kubectl-lab:  source <(kubectl-lab completion bash)
# For "kubectl lab" it is kubectl's completion that counts:  kubectl lab completion install

_kubectl_lab() {
    local rest=${COMP_LINE:0:COMP_POINT} blanks piece typed out directive line i
    local -a typed_words=()
    COMPREPLY=()
    # bash cuts words at = and : as well; what no blank separates is one word
    for ((i = 0; i <= COMP_CWORD; i++)); do
        blanks=${rest%%[![:space:]]*}
        rest=${rest#"$blanks"}
        piece=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || piece=$rest
        rest=${rest#"$piece"}
        if ((i == 0)) || [[ -n $blanks ]]; then
            typed_words+=("$piece")
        else
            typed_words[${#typed_words[@]}-1]+=$piece
        fi
    done
    typed=${typed_words[${#typed_words[@]}-1]}
    out=$("${COMP_WORDS[0]/#~\//$HOME/}" __complete "${typed_words[@]:1}" 2>/dev/null)
    directive=${out##*:}
    out=${out%:*}
    # bash replaces only its own last piece: candidates lose what stands before it
    [[ $piece == [=:] ]] && piece=
    [[ $typed == -*=* ]] && typed=${typed#*=}
    blanks=${typed%"$piece"}
    while IFS= read -r line; do
        line=${line%%$'\t'*}
        [[ -n $line && $line == "$typed"* ]] && COMPREPLY+=("${line#"$blanks"}")
    done <<<"$out"
    if [[ $(type -t compopt) == builtin ]]; then
        ((directive & 2)) && compopt -o nospace
        ((directive & 4)) && compopt +o default
    fi
    return 0
}

complete -o default -F _kubectl_lab kubectl-lab
"""

ZSH = r"""#compdef kubectl-lab
# zsh completion for kubectl-lab, after compinit:  source <(kubectl-lab completion zsh)
# For "kubectl lab" it is kubectl's completion that counts:  kubectl lab completion install

_kubectl-lab() {
    local tab=$'\t' line directive
    local -a lines names shown space
    lines=("${(@f)$(${(Q)${words[1]/#\~\//$HOME/}} __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    directive=${${lines[-1]}#:}
    lines[-1]=()
    [[ $PREFIX == -*=* ]] && compset -P 1 '*='
    for line in $lines; do
        names+=("${line%%$tab*}")
        shown+=("${line/$tab/  -- }")
    done
    if (( $#names )); then
        (( directive & 2 )) && space=(-S '')
        compadd "${space[@]}" -l -d shown -a names
    elif ! (( directive & 4 )); then
        _files
    fi
}

if [[ $funcstack[1] == _kubectl-lab ]]; then
    _kubectl-lab "$@"
else
    compdef _kubectl-lab kubectl-lab
fi
"""

FISH = r"""# fish completion for kubectl-lab:  kubectl-lab completion fish | source
# For "kubectl lab" it is kubectl's completion that counts:  kubectl lab completion install

function __kubectl_lab
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $before[1])
    type -q -- $program; or return
    set -e before[1]
    set -l lines ($program __complete $before "$typed" 2>/dev/null)
    test (count $lines) -gt 0; or return
    # candidates for --flag=va are the bare values; fish wants the whole word
    set -l head (string match -r -- '^-[^=]*=' "$typed")
    set -l directive $lines[-1]
    set -e lines[-1]
    if test $directive = :0
        set lines (__fish_complete_path (string replace -- "$head" '' "$typed"))
    end
    for line in $lines
        printf '%s\n' "$head"$line
    end
end

complete -c kubectl-lab -e
complete -c kubectl-lab -f -a '(__kubectl_lab)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
