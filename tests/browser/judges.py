"""Who judges a page: axe-core, whether it is in one language, what it weighs, whether it fits, and how it writes days."""

import pathlib
import re

from world import HAN, STEMS

AXE = pathlib.Path(__file__).parents[2] / "target" / "axe" / "axe.min.js"
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

# Every text that a reader meets, seen or heard; not what stands in fields, in code, or in the other language by its own mark.
TEXTS = """
const skip = 'script, style, code, pre, [hreflang], textarea, .passage, [data-typed]';
const found = [document.title];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent && !parent.closest(skip)) found.push(walker.currentNode.data);
}
for (const one of document.querySelectorAll('[title], [aria-label], [placeholder], [alt], optgroup[label], [data-label], [data-unsaved], [data-lacks]')) {
    if (one.closest('[hreflang]')) continue;
    for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'label', 'data-label', 'data-unsaved', 'data-lacks'])
        if (one.hasAttribute(name)) found.push(one.getAttribute(name));
}
return found.map((text) => text.trim()).filter((text) => text);
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
return [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map((one) => `${one.tagName.toLowerCase()}.${one.className} to ${Math.round(one.getBoundingClientRect().right)} px: ${(one.textContent || '').trim().slice(0, 40)}`);
"""

ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{4}/\d{1,2}/\d{1,2}\b|\b\d{1,2}/\d{1,2}/\d{4}\b")
# Words that are the same in every language: names, formats, units, protocols.
NAMES = {
    "heliograph", "png", "jpeg", "webp", "pdf", "csv", "api", "http", "https", "tls", "url", "mib", "px", "mm", "id", "qr", "led",
    "utf", "asia", "shanghai", "plain", "smtp", "mail", "from", "tsv", "excel", "usb", "pin", "hz", "cpu", "sha", "um",
}
LATIN = re.compile(r"[A-Za-z]{2,}")
VEILED = re.compile(r"[Zz]+")


def axe(browser):
    """What axe-core finds, and how many checks it made."""
    if not browser.run("return typeof axe === 'object'"):
        # By the debugger's own way: the page's policy lets in no script but the hub's.
        browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    answer = browser.driver.execute_async_script(RUN_AXE, TAGS)
    return answer["violations"], answer["checks"]


def foreign(browser, lang):
    """Texts of the program in the wrong language."""
    texts = browser.run(TEXTS)
    if lang == "en":
        return [text for text in texts if any(char not in STEMS for char in HAN.findall(text))]
    return [text for text in texts if any(word.lower() not in NAMES and not VEILED.fullmatch(word) for word in LATIN.findall(text))]


def days(browser):
    """Days that are written as machines write them."""
    return [text for text in browser.run(TEXTS) if ISO_DAY.search(text)]


def weight(browser):
    """Bytes of page, styles and scripts."""
    return browser.run(WEIGHT)


def too_wide(browser):
    return browser.run(TOO_WIDE)
