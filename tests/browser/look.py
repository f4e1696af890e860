"""Looks at a report in a real browser, as its readers would: every view, filters, keys, links, both languages, light and
dark, accessibility, and that the page asks nobody for anything. `look.py CHROMIUM PAGE WHAT [PAGE WHAT …]`; SCREENSHOTS
names a folder for pictures of what is seen."""
import json
import os
import shutil
import sys

from playwright.sync_api import sync_playwright

AXE = os.path.join(os.path.dirname(__import__("axe_playwright_python").__file__), "axe.min.js")
# What each view must have.
CONTENT = {"lanes": "#view svg.lanes circle", "calls": "#view .row", "source": "#view .src", "sockets": "#view tbody tr",
           "flame": "#view svg rect", "compare": ".row.pair mark", "failures": ".failure", "lesson": ".stage svg.lanes circle", "claims": ".claim", "index": "a.card"}
REPORT = ["lanes", "calls", "source", "sockets", "flame"]


class Look:
    def __init__(self, browser, path, screenshots):
        # The page's own policy must allow what it does; only axe, which is ours here, goes around it.
        self.url = "file://" + os.path.abspath(path)
        self.screenshots = screenshots
        self.troubles, self.requests = [], []
        self.browser = browser

    def open(self, fragment="", **context):
        context = self.browser.new_context(viewport={"width": 1280, "height": 800}, **context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and self.troubles.append(message.text))
        page.on("pageerror", lambda error: self.troubles.append(f"{error} {error.stack}"))
        page.on("dialog", lambda dialog: (self.troubles.append("dialog: " + dialog.message), dialog.dismiss()))
        page.on("request", lambda request: request.url != self.url + fragment and request.url != self.url
                and self.requests.append(request.url))
        page.goto(self.url + fragment)
        page.wait_for_selector("body[data-ready=true]")
        return page

    def done(self):
        assert not self.troubles, self.troubles
        assert not self.requests, self.requests


def tab(page, view):
    if page.locator("[role=tab]").count() == 0:
        return  # a page of one view
    page.click(f"[role=tab][data-view={view}]")
    page.wait_for_selector(f"[role=tab][data-view={view}][aria-selected=true]")


def count(page):
    text = page.inner_text("#count").replace(",", "")
    return [int(word) for word in text.replace("/", " ").split() if word.isdigit()]


def views(look, names=REPORT):
    """Each view has content, in each language and each theme, and axe finds nothing serious in any."""
    for language, theme in (("en", "light"), ("zh", "dark")):
        page = look.open(color_scheme=theme, bypass_csp=True)
        if page.get_attribute("html", "lang") != language:
            page.click("#language")
        assert page.get_attribute("html", "lang") == language
        page.add_script_tag(path=AXE)
        for view in names:
            tab(page, view)
            page.wait_for_selector(CONTENT[view], state="attached")
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            serious = [(v["id"], [n["html"][:120] for n in v["nodes"][:2]]) for v in found["violations"]
                       if v["impact"] in ("serious", "critical")]
            assert not serious, (language, theme, view, serious)
            if look.screenshots:
                page.screenshot(path=os.path.join(look.screenshots, f"{view}-{language}-{theme}.png"))
        page.close()


def use(look):
    """Filters, follows, goes to the other end, and comes back to a call by its link; by keys alone."""
    page = look.open()
    all_steps = count(page)[0]
    assert all_steps > 0
    page.keyboard.press("/")
    page.keyboard.type("-e trace=connect")
    connects = count(page)[0]
    assert 0 < connects < all_steps, (connects, all_steps)
    page.keyboard.press("Escape")
    assert count(page)[0] == all_steps
    page.evaluate("document.activeElement.blur()")
    page.fill("#filter", "status=failed")
    failed = count(page)[0]
    page.fill("#filter", "-e trace=!%network")
    assert count(page)[0] < all_steps and failed <= all_steps
    page.fill("#filter", "")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("2")
    page.keyboard.press("j")
    first = page.url
    assert "#call=" in first, first
    for _ in range(200):
        if "sendto(" in page.inner_text("#side pre") or "send" in page.inner_text("#side pre").split("(")[0]:
            break
        page.keyboard.press("j")
    sent = page.inner_text("#side pre")
    assert "send" in sent, sent
    page.keyboard.press("o")
    got = page.inner_text("#side pre")
    assert got.startswith("recv"), got
    assert sent.split('"')[1] == got.split('"')[1], (sent, got)
    page.keyboard.press("o")
    assert page.inner_text("#side pre") == sent
    page.keyboard.press("f")
    followed = count(page)[0]
    assert 0 < followed < all_steps, followed
    link = page.url
    page.close()
    page = look.open(link[link.index("#"):])
    assert page.inner_text("#side pre") == sent
    assert count(page)[0] == followed
    tab(page, "lanes")
    assert page.locator("#view svg.lanes path.bytes").count() > 0
    tab(page, "sockets")
    page.focus("#view tbody tr")
    page.keyboard.press("Enter")
    page.close()


def hostile(look):
    """What a program sends, is called or has in its source is shown and never obeyed."""
    page = look.open()
    marks = page.evaluate("document.querySelectorAll('img, iframe, object, script[src], link, b > b').length")
    assert marks == 0, marks
    for view in REPORT:
        tab(page, view)
    tab(page, "calls")
    page.fill("#filter", "onerror")
    assert count(page)[0] > 0, "the payload is there to be seen"
    page.click("#view .row >> nth=0")
    shown = page.inner_text("#side")
    assert "<img" in shown and "</script>" in shown, shown[:2000]
    everything = page.evaluate("document.body.innerText")
    assert not any(c in everything for c in "\u202e\u2066\u0007\u001b"), "bidi and control characters are escaped"
    assert page.evaluate("window.hacked === undefined")
    page.close()


def awaited(look):
    """A call that an event loop makes is at the line that awaits it, with the coroutines and their task."""
    page = look.open()
    tab(page, "calls")
    page.fill("#filter", "-e trace=recvfrom line=program.py:4")
    assert count(page)[0] > 0, "the filter knows coroutines"
    page.click("#view .row >> nth=0")
    shown = page.inner_text("#side")
    assert "Awaited by: Task-1" in shown and "program.py:4 fetch" in shown and "program.py:8 main" in shown, shown[:2000]
    page.close()


def lesson(look):
    """The lesson's own views; each step shows its line, its words in both languages, and the line leads to its calls."""
    views(look, ["lesson", "claims"])
    page = look.open()
    steps = count(page)[0]
    for n in range(steps):
        words = page.inner_text("#side")
        assert page.inner_text("#place").split()[1] == str(n + 1), (n, page.inner_text("#place"))
        call = page.inner_text("#side pre >> nth=0")
        if not call.startswith("+++"):
            # What Python closes at its end has no line, and says so.
            assert page.locator(".code li.sel").count() == 1 or "No line" in words, call
            assert page.locator(".ties .tie.now").count() <= 1
            assert len(words) > len(call) + 80, "a beginner finds a sentence for each call: " + words
            chinese = page.evaluate("""() => {
                const all = [...document.querySelectorAll('#side .doc')].length;
                document.getElementById('language').click();
                const found = [...document.querySelectorAll('#side .doc')].filter((d) => /[\u4e00-\u9fff]/.test(d.textContent)).length;
                document.getElementById('language').click();
                return [all, found];
            }""")
            assert chinese[0] == chinese[1] > 0, (call, chinese)
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
    made = page.locator(".code li.made button")
    for n in range(made.count()):
        made.nth(n).click()
        assert made.nth(n).evaluate("b => b.parentElement.classList.contains('sel')")
    page.keyboard.press("2")
    assert page.locator(".claim").count() == page.locator(".claim .verdict").count() > 0
    page.close()
    page = look.open(color_scheme="light")
    page.set_viewport_size({"width": 600, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= 600"), "it fits a narrow window"
    page.close()


def compare(look):
    """What differs is marked, and keys lead from one difference to the next."""
    views(look, ["compare"])
    page = look.open()
    assert page.locator(".row.pair.sel").count() == 1, "the first difference is chosen"
    first = page.inner_text("#side")
    assert page.locator("#side mark").count() > 0 and "\u2212" in first, first
    page.keyboard.press("j")
    second = page.inner_text("#side")
    page.keyboard.press("k")
    assert page.inner_text("#side") == first and second != first, (first, second)
    folded = page.locator(".row.pair").count()
    page.click("button[aria-pressed=false]")
    assert page.locator(".row.pair").count() > folded
    page.close()


def failures(look):
    """The page begins with what failed; a failure leads to its call."""
    views(look, ["failures"])
    page = look.open()
    page.click(".failure button >> nth=0")
    assert page.locator("#side .why").count() == 1
    assert page.evaluate("document.querySelectorAll('img').length === 0 && window.hacked === undefined")
    page.close()


def claims(look):
    views(look, ["claims"])


def index(look):
    """Every lesson is in the list, and each link leads to a page that leads back."""
    views(look, ["index"])
    page = look.open()
    links = [link.get_attribute("href") for link in page.query_selector_all("a.card")]
    assert len(links) == len(set(links)) == 9, links
    folder = os.path.dirname(look.url[len("file://"):])
    assert all(os.path.exists(os.path.join(folder, link)) for link in links), links
    page.close()


def large(look):
    """A report of many calls opens, scrolls and jumps; prints what it took."""
    page = look.open()
    timing = page.evaluate("performance.getEntriesByType('paint').map((p) => [p.name, p.startTime])")
    tab(page, "calls")
    steps = count(page)[0]
    frames = page.evaluate("""async () => {
        const area = document.querySelector('#view .scroll');
        let frames = 0; const start = performance.now();
        while (performance.now() - start < 2000) {
            area.scrollTop += area.scrollHeight / 400; frames++;
            await new Promise(requestAnimationFrame);
        }
        return frames / ((performance.now() - start) / 1000);
    }""")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("k")
    rows = page.locator("#view .row").count()
    assert 0 < rows < 120, rows
    tab(page, "lanes")
    assert page.locator("#view svg.lanes circle").count() > 0
    memory = page.evaluate("performance.memory.usedJSHeapSize")
    print(json.dumps({"steps": steps, "paint": timing, "frames_per_second": round(frames), "heap": memory}))
    page.close()


def main():
    chromium, pages = sys.argv[1], sys.argv[2:]
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--enable-precise-memory-info"]
        browser = playwright.chromium.launch(executable_path=shutil.which(chromium), args=arguments)
        for path, what in zip(pages[::2], pages[1::2], strict=True):
            look = Look(browser, path, os.environ.get("SCREENSHOTS"))
            for name in what.split(","):
                globals()[name](look)
            look.done()
        browser.close()


main()
