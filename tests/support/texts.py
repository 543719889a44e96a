"""Made-up texts as people write them, and as nobody should have to: the same for the same number."""

import random

LENGTH = 4000  # characters a text may have

_WORDS = {
    'plain': 'spoke with the customer about her plan and the next payment she asked to be called back on Tuesday'.split(),
    'accents': 'Zoë façade naïve Müller Ångström señor Siobhán crème brûlée Œuvre coöperate Žofie déjà-vu €1,200 “quoted”'.split(),
    'beyond': 'Łódź Nguyễn Māia Αθηνά Иванова Дмитрий 王 さくら Παπαδόπουλος ½ ① → ≥ ﬁn Ελλάδα київ'.split(),
    'emoji': ['😀', '👍🏽', '👩‍👩‍👧‍👦', '🇳🇿', '❤️', 'good', 'news', '🎉', 'thanks', '1️⃣', 'plan', 'agreed'],
    'right to left': ['שלום', 'כהן', 'محمد', 'حسن', '\u200fplan\u200f', 'مرحبا', '2026', '\u202bעברית\u202c', 'and', 'English'],
    'combining': ['Zoe\u0308', 'A\u030angstro\u0308m', 'n\u0303', 'e\u0301te\u0301', 'plain', 'q\u0323\u0307', 'a\u200bb'],
    'awkward': ["O'Brien", '"quoted"', 'C:\\temp\\n', '{GRINNING FACE}', '\\u{1F600}', '100%', "'; DROP TABLE note; --", '<b>&amp;</b>',
                '$1', '?', ':name', '\ttab', '--', '/*', '%s', '{}', 'NULL', '\\'],
}
_KINDS = [*_WORDS, 'long', 'lines', 'one character']


def kind(number):
    return _KINDS[number % len(_KINDS)]


def text(number):
    """A text of 1 to 4,000 characters; the kinds take turns."""
    rng = random.Random(number)
    this = kind(number)
    if this == 'long':
        words = _WORDS['plain'] + _WORDS['accents'] + ['\n', '😀'] if number % 3 else _WORDS['plain'] * 8 + ['\n']
        return _said(rng, words, LENGTH + 100)[:LENGTH - 1] + '.'
    if this == 'lines':
        return '\n'.join(rng.choice([
            'x' * 72, 'x' * 71, 'x' * 73, 'y' * 144, 'ends with a blank ', '', ' ', ' indented', 'é' * 72, 'short', '-' * 80,
            ' '.join(['word'] * 40), 'a\r']) for _ in range(rng.randint(2, 12)))
    if this == 'one character':
        return rng.choice(['.', 'é', '😀', 'ж', ' ', '\n', '€', '\\', '王', '\u00a0'])
    return _said(rng, _WORDS[this], rng.randint(5, 400))


def _said(rng, words, length):
    """Words, with a line break here and there, of about this many characters."""
    said = rng.choice(words)
    while len(said) < length:
        said += rng.choice([' ', ' ', ' ', ' ', ' ', '\n', ', ', '\n\n', '  ']) + rng.choice(words)
    return said


def in_windows_1252(said):
    try:
        return said.encode('cp1252') is not None
    except UnicodeEncodeError:
        return False


def unwrapped(stored, width=72):
    """What was written, from lines of at most `width` characters: one that fills the width or ends with a blank
    continues in the next. Written from the rule, not from the gateway's code."""
    lines = stored.split('\n')
    assert all(len(line) <= width for line in lines), f'a line is wider than {width} characters'
    whole = ''
    for line in lines[:-1]:
        whole += line if len(line) == width or line.endswith(' ') else line + '\n'
    return whole + lines[-1]
