"""Whoever goes through a page with the Tab key alone: everything is reached, in the order of the eye, and the focus is seen."""

from selenium.webdriver.common.keys import Keys

from chromium import check

# What can have the focus and is to be seen. Of a group of radio buttons the key reaches one.
REACHABLE = """
const shown = (one) => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true}) && !one.disabled && one.tabIndex >= 0;
const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')].filter(shown);
const groups = new Set();
return all.filter((one) => {
    if (one.type !== 'radio') return true;
    const group = (one.form ? one.form.action : '') + one.name;
    return !groups.has(group) && groups.add(group);
}).map((one) => { one.dataset.toReach = 'yes'; return one.outerHTML.slice(0, 120); });
"""

# Where the focus is, and whether it is seen: a line around it, on the window, with nothing over it.
FOCUSED = """
const one = document.activeElement;
if (!one || one === document.body || one === document.documentElement) return null;
if (one.type === 'radio') document.getElementsByName(one.name).forEach((same) => { if (same.form === one.form) delete same.dataset.toReach; });
delete one.dataset.toReach;
const style = getComputedStyle(one), rect = one.getBoundingClientRect();
// A picture's link may be higher than the window; what counts is that part of it which is in it.
const left = Math.max(rect.left, 0), right = Math.min(rect.right, innerWidth);
const top = Math.max(rect.top, 0), bottom = Math.min(rect.bottom, innerHeight);
const points = [[(left + right) / 2, (top + bottom) / 2], [left + 3, (top + bottom) / 2], [right - 3, (top + bottom) / 2]];
const over = points.map(([x, y]) => document.elementFromPoint(x, y)).filter((hit) => hit && !one.contains(hit) && !hit.contains(one));
const again = one === window.lastWithFocus;
window.lastWithFocus = one;
const home = one.closest('.card, .side, header, .top') || document.body, around = home.getBoundingClientRect();
return {
    again, html: one.outerHTML.slice(0, 120), lined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inside: right - left > 3 && bottom - top > 3, covered: over.length === points.length ? over[0].outerHTML.slice(0, 120) : '',
    home: [...document.querySelectorAll('*')].indexOf(home), left: rect.left - around.left, top: rect.top - around.top,
    right: rect.right - around.left, bottom: rect.bottom - around.top,
};
"""

MOST = 400


def tabs_through(browser, most=MOST):
    """Once round the page; how many stops there are. What is unfolded or scrolled on the way stays so."""
    browser.run("document.activeElement.blur(); scrollTo(0, 0); document.documentElement.focus()")
    # The key goes on from where the page was last touched: from the top of what it holds.
    browser.run("const top = document.createElement('span'); top.tabIndex = -1; document.body.prepend(top); top.focus(); top.remove()")
    reachable = browser.run(REACHABLE)
    browser.run("window.lastWithFocus = null")
    stops, first, before = 0, None, None
    for _ in range(most):
        browser.press(Keys.TAB)
        here = browser.run(FOCUSED)
        if here is None or (stops > 1 and here["html"] == first):
            break
        first = first or here["html"]
        if here["again"]:
            # A day has several places of its own.
            continue
        stops += 1
        what = f"{here['html']} on {browser.path}"
        check(here["lined"], f"nothing shows that {what} has the focus")
        check(here["inside"], f"the focus is outside of the window: {what}")
        check(not here["covered"], f"{here['covered']} lies over the focus: {what}")
        if before and before["home"] == here["home"]:
            check(follows(before, here), f"the order is not that of the eye: {before['html']}, then {what}")
        before = here
    else:
        check(False, f"the Tab key does not come round {browser.path}: after {most} steps at {before['html']}")
    left = browser.run("return [...document.querySelectorAll('[data-to-reach]')].map((one) => one.outerHTML.slice(0, 120))")
    check(not left, f"the Tab key misses on {browser.path}: {left}")
    check(stops == len(reachable), f"{stops} stops for {len(reachable)} places on {browser.path}")
    return stops


def follows(one, next_one):
    """Whether the eye that reads lines from left to right comes from the one to the other."""
    beneath = next_one["top"] >= one["bottom"] - 4
    beside = next_one["left"] >= one["right"] - 4 and next_one["bottom"] > one["top"]
    within = next_one["top"] >= one["top"] - 4 and next_one["left"] >= one["left"] - 4
    return beneath or beside or within
