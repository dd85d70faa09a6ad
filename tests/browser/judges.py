"""Who judges a page, its folds open: axe-core, whether it is in one language, what it weighs, whether it fits, and how it writes
days."""

import functools
import pathlib
import re
import subprocess

from world import HAN, STEMS

ROOT = pathlib.Path(__file__).parents[2]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_BYTES = 150 * 1024

RUN_AXE = """
const [tags, done] = arguments;
axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then((found) => done({
    checks: found.passes.length + found.violations.length + found.incomplete.length,
    violations: found.violations.map((one) => `${one.id}: ${one.help}\\n` + one.nodes.slice(0, 4).map((node) =>
        `    ${node.target.join(' ')}  ${node.html.slice(0, 160)}\\n      ${node.failureSummary.replace(/\\s+/g, ' ').slice(0, 300)}`).join('\\n')),
}), (fault) => done({checks: 0, violations: ['axe itself failed: ' + fault]}));
"""

# Every text that a reader meets, seen or heard, each with the language that it is marked with, and a mark of its own where it
# says what went wrong; not what stands in fields or is code.
TEXTS = """
const skip = 'script, style, code, pre, textarea';
const attributes = ['title', 'aria-label', 'placeholder', 'alt', 'label', 'data-label', 'data-unsaved', 'data-lacks', 'data-drawing', 'data-away', 'data-sign-in'];
const lang = (one) => one.closest('[lang]').lang.slice(0, 2);
const found = [[lang(document.documentElement), document.title]];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !parent.closest(skip)) found.push([lang(parent) + (parent.closest('.fault, .led') ? '!' : ''), walker.currentNode.data.replace(/<[^>]*>/g, ' ')]);
}
for (const one of document.body.querySelectorAll(attributes.map((name) => `[${name}]`).join(', '))) {
    // What a field holds may be in another language than what it says of itself.
    const around = one.matches('input, select, textarea') ? one.parentElement : one;
    for (const name of attributes) if (one.hasAttribute(name)) found.push([lang(around), one.getAttribute(name)]);
}
return found.map(([lang, text]) => [lang, text.trim()]).filter(([, text]) => text);
"""

WEIGHT = """
const [page] = performance.getEntriesByType('navigation');
const parts = performance.getEntriesByType('resource').filter((one) => ['link', 'script', 'css'].includes(one.initiatorType)
    && !one.name.endsWith('.svg'));
return page.decodedBodySize + parts.reduce((sum, one) => sum + one.decodedBodySize, 0);
"""

# What sticks out of a page to the right, other than within what scrolls by itself.
TOO_WIDE = """
const wide = document.scrollingElement.scrollWidth;
if (wide <= innerWidth) return [];
const scrolls = (one) => one && one !== document.body && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
return [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one.parentElement))
    .slice(0, 5).map((one) => `${one.tagName.toLowerCase()}.${one.className} to ${Math.round(one.getBoundingClientRect().right)} px: ${(one.textContent || '').trim().slice(0, 40)}`);
"""

# What a reader's own spacing of letters, words and lines (WCAG 1.4.12) makes larger.
SPACED = """
const sheet = new CSSStyleSheet();
sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
document.adoptedStyleSheets = arguments[0] ? [...document.adoptedStyleSheets, sheet] : document.adoptedStyleSheets.slice(0, -1);
"""

# Texts that something around them cuts off and that no scrolling brings back; not what is there for those who hear it.
CUT = """
const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const hides = (style) => [style.overflowX, style.overflowY].some((one) => one === 'hidden' || one === 'clip');
while (walker.nextNode()) {
    const text = walker.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility({visibilityProperty: true, opacityProperty: true}) || parent.closest('script, style, option, textarea')) continue;
    let box = parent;
    while (box && box !== document.body && !hides(getComputedStyle(box))) box = box.parentElement;
    if (!box || box === document.body || box.clientWidth < 3 || box.clientHeight < 3) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const [all, frame] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
    if (all.right > frame.right + 1 || all.bottom > frame.bottom + 1 || all.left < frame.left - 1 || all.top < frame.top - 1)
        found.push(`${box.tagName.toLowerCase()}.${box.className}: ${text.data.trim().slice(0, 60)}`);
}
return [...new Set(found)].slice(0, 6);
"""

# What is folded away is part of the page, too: axe-core looks at nothing that is not shown.
UNFOLD = """
const folds = [...document.querySelectorAll('details:not([open])')];
for (const one of folds) one.open = true;
return folds.length;
"""

# Faults that the alert does not lead to, and places that it leads to where no fault is said. The door has its few fields in view.
LED = """
const led = [...document.querySelectorAll('.alert a[href^="#at-"]')], at = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
const said = (one) => one && one.closest('.bad, label, fieldset, div, span').parentElement.querySelector('.fault');
const nowhere = led.filter((link) => !said(at(link))).map((link) => `leads nowhere: ${link.outerHTML}`);
const places = led.map(at);
const alone = [...document.querySelectorAll('main .bad')].filter((one) => !one.closest('.door') && !places.some((place) => one === place || one.contains(place)));
return [...nowhere, ...alone.map((one) => `is not led to: ${one.textContent.trim().slice(0, 80)}`)];
"""

ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{4}/\d{1,2}/\d{1,2}\b|\b\d{1,2}/\d{1,2}/\d{4}\b")
# Words that are the same in every language: names, formats, units, protocols.
NAMES = {
    "heliograph", "log", "prove", "json", "lines", "png", "jpeg", "webp", "pdf", "csv", "api", "http", "https", "tls", "url", "mib", "px", "mm", "id", "qr", "led",
    "utf", "asia", "shanghai", "plain", "smtp", "tsv", "excel", "usb", "pin", "hz", "sha", "chrome", "linux", "word", "docx", "xlsx", "doc", "xls", "wps", "et",
}
# Addresses, paths, and names with numbers in them, as of panels and versions.
TECHNICAL = re.compile(r"\S+@\S+|\w+://\S+|(?:/[\w.-]+)+|[\w.-]*\d[\w.-]*")
LATIN = re.compile(r"[A-Za-z]{2,}")
VEILED = re.compile(r"[Zz]+")


@functools.cache
def axe_core():
    """The judge's own program, fetched when it is not there."""
    told = subprocess.run([ROOT / "scripts" / "axe"], check=True, capture_output=True, text=True)
    return (ROOT / told.stdout.strip()).read_text(encoding="utf-8")


def axe(browser):
    """What axe-core finds, and how many checks it made."""
    if not browser.run("return typeof axe === 'object'"):
        # By the debugger's own way: the page's policy lets in no script but the hub's.
        browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe_core()})
    answer = browser.driver.execute_async_script(RUN_AXE, TAGS)
    return answer["violations"], answer["checks"]


def is_foreign(lang, text):
    """Whether a text of the program is not in the language that it is marked with."""
    if lang == "en":
        return any(char not in STEMS for char in HAN.findall(text))
    if lang != "zh":
        return False
    return any(word.lower() not in NAMES and not VEILED.fullmatch(word) for word in LATIN.findall(TECHNICAL.sub(" ", text)))


def foreign(browser):
    """Texts of the program in the wrong language."""
    return [text for lang, text in browser.run(TEXTS) if is_foreign(lang.rstrip("!"), text)]


def days(browser):
    """Days that are written as machines write them; what went wrong may say how a day is typed."""
    return [text for lang, text in browser.run(TEXTS) if ISO_DAY.search(text) and not lang.endswith("!")]


def led(browser):
    """Where the alert of a wrong form does not lead to the fields that are wrong."""
    return browser.run(LED)


def weight(browser):
    """Bytes of page, styles and scripts."""
    return browser.run(WEIGHT)


def too_wide(browser):
    return browser.run(TOO_WIDE)


def cut_when_spaced(browser):
    """What is lost or sticks out when a reader spaces letters and lines their own way."""
    browser.run(SPACED, True)
    found = browser.run(CUT) + browser.run(TOO_WIDE)
    browser.run(SPACED, False)
    return found


def unfold(browser):
    """Opens every fold of the page; how many there were."""
    return browser.run(UNFOLD)
