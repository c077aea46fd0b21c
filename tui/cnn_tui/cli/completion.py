"""`cnn-tui completion`: what a shell completes a command line with, and the script by which it asks for it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Final

from .completed_words import Completions, completions
from .parser import Parser
from .shell_words import in_bash, split_line

__all__ = ["check", "main", "parser"]

_DESCRIPTION: Final = """\
Print a script that lets the Tab key of a shell complete subcommands, options,
files by what they are for, samples, models, and, of the files that are named on
the line, their records, layers, filters and outputs."""

_END: Final = """\
  bash   eval "$(cnn-tui completion bash)"     in ~/.bashrc
  zsh    source <(cnn-tui completion zsh)      in ~/.zshrc, below compinit
  fish   cnn-tui completion fish | source      in ~/.config/fish/config.fish

The script asks cnn-tui itself at every Tab, so it never falls behind. Records
are those of the .fai beside a file, or of its first 4 MB.

example:
  cnn-tui completion bash"""

_BASH: Final = """\
_cnn_tui() {
    local goes_on line
    COMPREPLY=()
    {
        IFS= read -r goes_on
        while IFS= read -r line; do COMPREPLY+=("$line"); done
    } < <("${1/#\\~/$HOME}" completion bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ $goes_on == begun ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o bashdefault -o default -F _cnn_tui cnn-tui
"""
_ZSH: Final = """\
#compdef cnn-tui
_cnn_tui() {
    local word meaning tab=$'\\t'
    local -a whole begun whole_shown begun_shown listed
    local asked=$'\\n'"${(F)${(@Q)words[2,CURRENT-1]}}"
    (( CURRENT > 2 )) && asked+=$'\\n'
    asked+=${(Q)PREFIX}
    while IFS=$tab read -r word meaning; do
        [[ -n $meaning ]] && listed=(-l)
        local shown="$word${meaning:+  -- $meaning}"
        shown=${shown[1,COLUMNS-2]}
        [[ -z $compstate[quote] ]] && word=${${(q)word}/#\\\\~/\\~}
        if [[ $word == *[/:=] ]]; then
            begun+=("$word"); begun_shown+=("$shown")
        else
            whole+=("$word"); whole_shown+=("$shown")
        fi
    done < <(${~words[1]} completion zsh "$asked" 2>/dev/null)
    compadd -Q $listed -d whole_shown -a whole
    compadd -Q $listed -S '' -d begun_shown -a begun
    (( $#whole + $#begun )) || _default
}
compdef _cnn_tui cnn-tui
"""
_FISH: Final = """\
function __cnn_tui
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l asked (printf '\\n%s' $words[2..-1] "$word" | string collect --no-trim-newlines)
    eval $words[1] completion fish (string escape -- $asked) 2>/dev/null
end
complete -c cnn-tui -f -a '(__cnn_tui)'
"""
_SCRIPTS: Final = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def parser() -> Parser:
    """Return the parser of `cnn-tui completion`."""
    made = Parser("cnn-tui completion", "cnn-tui completion bash|zsh|fish", _DESCRIPTION, _END)
    made.add_argument("shell", metavar="SHELL", choices=_SCRIPTS, help="bash, zsh or fish")
    made.add_argument(
        "words",
        metavar="WORDS",
        nargs="*",
        help="what the script asks: in bash the line and what ends a word in it, else the words behind cnn-tui, a line "
        "before each, of which the last is unfinished",
    )
    return made


def check(made: ArgumentParser, typed: Namespace) -> None:
    """Refuse what no script asks."""
    if len(typed.words) not in (0, 2 if typed.shell == "bash" else 1):
        made.error("argument WORDS: this is what the script asks; leave it out to see the script")


def main(typed: Namespace) -> int:
    """Do what was typed, and return the exit status."""
    if not typed.words:
        sys.stdout.write(_SCRIPTS[typed.shell])
    elif typed.shell == "bash":
        line, ends = typed.words
        (_, *words), is_quoted = split_line(line)
        lines = in_bash(completions(words), words[-1] if words else "", ends, is_quoted=is_quoted)
        sys.stdout.writelines(f"{each}\n" for each in lines)
    else:
        words = typed.words[0].removeprefix("\n").split("\n")
        if typed.shell == "fish":
            # Here it comes as it was typed.
            words[-1] = split_line(words[-1])[0][-1]
        sys.stdout.writelines(_with_meanings(completions(words)))
    return 0


def _with_meanings(found: Completions) -> Sequence[str]:
    return [f"{word}\t{meaning}\n" if meaning else f"{word}\n" for word, meaning in found.words.items()]
