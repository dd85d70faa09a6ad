"""A real Chromium for a story: nothing of it leaves this machine, and nothing of it stays behind."""

import os
import pathlib
import shutil
import tempfile
import time

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.select import Select

WIDE, NARROW = (1366, 768), (390, 844)
# A page at four times its size in a window of 1280 px (WCAG 1.4.10).
REFLOW = (320, 640)
WAIT_S = 60
LOAD_S = 60
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
    "--disable-dev-shm-usage", "--force-device-scale-factor=1", "--hide-scrollbars",
    # Names other than this machine's are answered by nobody.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]


class StoryFailed(AssertionError):
    """The story went otherwise than it should."""


def check(holds, said):
    """What a story claims."""
    if not holds:
        raise StoryFailed(said)


def eventually(what, test, seconds=WAIT_S, said=lambda: ""):
    """Waits until something is so, and gives what the test found."""
    end = time.monotonic() + seconds
    while True:
        found = test()
        if found:
            return found
        if time.monotonic() > end:
            raise StoryFailed(f"never: {what}\n{said()}")
        time.sleep(0.05)


class Browser:
    """A Chromium with a profile of its own. `language` is what it prefers, `script` whether pages may run any."""

    def __init__(self, language="zh-CN", script=True, size=WIDE):
        self.profile = tempfile.mkdtemp(prefix="heliograph-chromium-")
        options = webdriver.ChromeOptions()
        for flag in [*FLAGS, f"--user-data-dir={self.profile}", f"--lang={language}", f"--window-size={size[0]},{size[1]}"]:
            options.add_argument(flag)
        options.add_experimental_option("prefs", {
            "intl.accept_languages": language,
            "profile.managed_default_content_settings.javascript": 1 if script else 2,
        })
        try:
            self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver") or "chromedriver"))
        except BaseException:
            shutil.rmtree(self.profile, ignore_errors=True)
            raise
        self.driver.set_page_load_timeout(LOAD_S)
        self.driver.set_script_timeout(LOAD_S)
        self.resize(size)

    def __enter__(self):
        return self

    def __exit__(self, kind, fault, _):
        try:
            if kind is not None:
                self.keep(kind)
        finally:
            try:
                self.driver.quit()
            finally:
                shutil.rmtree(self.profile, ignore_errors=True)

    def keep(self, kind):
        """What was to be seen when a story failed."""
        folder = pathlib.Path(os.environ.get("HELIOGRAPH_KEEP", tempfile.gettempdir()))
        picture = folder / f"heliograph-story-{os.getpid()}-{kind.__name__}-{time.monotonic_ns()}.png"
        try:
            self.driver.save_screenshot(str(picture))
            print(f"when it failed, {self.driver.current_url} was to be seen: {picture}\n{self.text()}", flush=True)
        except WebDriverException as gone:
            print(f"no picture of the failure: {gone.msg}", flush=True)

    def resize(self, size):
        """The size of the page itself, without the window's frame."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False,
        })

    def open(self, url):
        self.driver.get(url)

    @property
    def path(self):
        """Path and query of the page."""
        return "/" + self.driver.current_url.split("/", 3)[-1]

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css):
        """The first visible one, waited for."""
        def visible():
            try:
                return next((one for one in self.all(css) if one.is_displayed()), None)
            except StaleElementReferenceException:
                return None
        return eventually(f"{css} on {self.path}", visible, said=self.text)

    def text(self):
        """What is written on the page."""
        found = self.all("body")
        return found[0].text if found else ""

    def reads(self, text, seconds=WAIT_S):
        """Waits until the page says this."""
        def there():
            try:
                return text in self.text()
            except StaleElementReferenceException:
                return False
        eventually(f"“{text}” on {self.path}", there, seconds, self.text)

    def lacks(self, text):
        check(text not in self.text(), f"{self.path} says “{text}”:\n{self.text()}")

    def type(self, name, text):
        """Types into the field of this name, over what stands in it."""
        field = self.one(f"[name='{name}']:not([type=hidden])")
        field.clear()
        field.send_keys(text)

    def fill(self, **fields):
        """Types into several fields; `__` in a keyword is a dot."""
        for name, text in fields.items():
            self.type(name.replace("__", ".").replace("zh_Hans", "zh-Hans"), text)

    def choose(self, name, value):
        Select(self.one(f"select[name='{name}']")).select_by_value(value)

    def tick(self, name, value, on=True):
        box = self.one(f"input[name='{name}'][value='{value}']")
        if box.is_selected() != on:
            box.click()

    def value(self, name):
        """What stands in a field."""
        return self.one(f"[name='{name}']").get_attribute("value")

    def click(self, css):
        """Clicks on what stays on the page."""
        self.one(css).click()

    def follow(self, css):
        """Clicks on what leads to another page, and waits until that one is there."""
        self.leave(lambda: self.one(css).click())

    def link(self, words):
        """Follows the link or button that says this."""
        def named():
            try:
                return next((one for one in self.all("a, button, summary")
                             if one.is_displayed() and words in (one.text or one.get_attribute("aria-label") or "")), None)
            except StaleElementReferenceException:
                return None
        found = eventually(f"a link “{words}” on {self.path}", named, said=self.text)
        self.leave(found.click)

    def leave(self, act):
        """Does what leads away from this page, and waits until the next one is there."""
        before = self.all("html")[0]

        def gone():
            try:
                before.is_enabled()
                return False
            except StaleElementReferenceException:
                return self.driver.execute_script("return document.readyState") == "complete"
            except WebDriverException:
                return False
        act()
        eventually(f"another page after {self.path}", gone, said=self.text)

    def press(self, *keys):
        """Keys, one after another, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def hold(self, held, *keys):
        """The same, with a key held down."""
        ActionChains(self.driver).key_down(held).send_keys(*keys).key_up(held).perform()

    def tab_to(self, css, most=200):
        """Goes with the Tab key alone to an element, which must be seen to have the focus; how many steps it took."""
        for step in range(1, most + 1):
            self.press(Keys.TAB)
            focused = self.driver.switch_to.active_element
            if focused.tag_name != "body":
                check(focused.is_displayed() or focused.get_attribute("class") == "skip", f"the focus hides on {self.path}")
            if self.driver.execute_script("return document.activeElement.matches(arguments[0])", css):
                ring = self.driver.execute_script(
                    "const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none'")
                check(ring, f"nothing shows that {css} on {self.path} has the focus")
                return step
        raise StoryFailed(f"the Tab key does not reach {css} on {self.path}")

    def run(self, script, *arguments):
        """What a script answers."""
        return self.driver.execute_script(script, *arguments)
