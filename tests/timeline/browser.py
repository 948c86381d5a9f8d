#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The picture in a real browser, driven through WebDriver: what is visible, and what a user does with it.

usage: browser.py FOLDER    a new one, for the pictures and the browser's profiles
"""
import io
import os
import re
import sys
import time
import unittest

from PIL import Image, ImageColor
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from timeline import SAMPLE, TOOL, Picture, busy_host, json_of, run, sample_lines, traffic

OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
           "--no-first-run", "--disable-sync", "--disable-component-update", "--disable-quic",
           "--window-size=1300,900", "--force-device-scale-factor=1")
PATIENCE = 20  # seconds
FAST = 8  # seconds in which 10,000 sessions are there: it takes 1 to 2 if nothing else runs
FOLDER = sys.argv.pop(1)
NEAR = 6  # how far a color may be off
# All that the static picture and the script draw, as text.
DRAWN = """return [...document.querySelectorAll(".r, .g, #axis, #grid, #marks")].map(g => [
    ...["transform", "d"].map(name => g.getAttribute(name)),
    ...[...g.querySelectorAll("path, text")].map(part => part.outerHTML).sort()].join(" "))"""
HEADINGS = """return [...document.querySelectorAll(".g text:nth-of-type(2)")].map(text =>
    text.firstChild.data + ": " + [...text.children].map(part => part.textContent).join(""))"""
# The bars in sight, in the states' colors: class, left, width, middle.
BARS = """const head = document.querySelector("#cover").getBoundingClientRect().bottom;
return [...document.querySelectorAll(".r path")].map(path => [path.getAttribute("class"), path.getAttribute("d"),
    path.parentNode.getBoundingClientRect(), path.parentNode.getAttribute("transform")]).flatMap(([name, d, box, at]) => {
    const found = d.match(/^M([\d.]+) 0h([\d.]+)$/), y = Number(at.match(/,(.*)\\)/)[1]) - scrollY;
    return found && /^s[1-9]/.test(name) && found[2] > 8 && y > head + 5 && y < innerHeight - 5 ?
        [[name, Number(found[1]), Number(found[2]), y]] : [];
});"""
# The texts that overlap another one, or stick out of the page.
CROWDED = """const texts = [...document.querySelectorAll("text")].filter(text => text.textContent.trim());
const boxes = texts.map(text => text.getBoundingClientRect()), bad = [];
const head = document.querySelector("#cover").getBoundingClientRect().bottom;
const inHead = texts.map(text => text.closest("#head") !== null);
boxes.forEach((one, i) => {
    if (one.right > innerWidth || one.left < 0)
        bad.push("out: " + texts[i].textContent);
    boxes.forEach((other, k) => {
        if (k > i && inHead[i] === inHead[k] && (inHead[i] || one.top > head) && one.left < other.right - 1 &&
            other.left < one.right - 1 && one.top < other.bottom - 3 && other.top < one.bottom - 3)
            bad.push(texts[i].textContent + " / " + texts[k].textContent);
    });
});
return bad;"""


def browser(name, **preferences):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for option in OPTIONS + (f"--user-data-dir={FOLDER}/{name}",):
        options.add_argument(option)
    options.add_experimental_option("prefs", preferences)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def draw(name, *arguments, stdin=b""):
    """A picture, and its address."""
    path = f"{FOLDER}/{name}.svg"
    run("-o", path, *arguments, stdin=stdin)
    with open(path, "rb") as file:
        return "file://" + path, Picture(file.read())


def colors(theme):
    """By the states' classes, as the style has them; and that of the page."""
    with open(os.path.dirname(TOOL) + "/timeline.css", encoding="utf-8") as file:
        style = file.read().split("prefers-color-scheme: dark")[theme == "dark"]
    found = {name: ImageColor.getrgb(color) for name, color in re.findall(r"\.(\w+) \{ --c: (#\w+); \}", style)}
    return {**found, "back": ImageColor.getrgb(re.search("--back: (#\\w+)", style)[1])}


def sorted_joints(paths):
    """The bars and marks of a row, in any order."""
    return sorted(map(tuple, paths))


class Test(unittest.TestCase):
    """A browser, for all of a class's tests, and ways to look at what it shows."""

    preferences = {}
    theme = "light"

    @classmethod
    def setUpClass(cls):
        cls.web = browser(cls.__name__, **cls.preferences)
        cls.addClassCleanup(cls.web.quit)
        cls.web.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": cls.theme}]})
        cls.colors = colors(cls.theme)

    def shot(self):
        return Image.open(io.BytesIO(self.web.get_screenshot_as_png())).convert("RGB")

    def sees(self, image, at, color):
        """The screenshot has that color there."""
        have = image.getpixel((round(at[0]), round(at[1])))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(have, color)), NEAR, (at, have, color))

    def sees_bars(self, image):
        """Each bar in sight is in its state's color, from end to end."""
        bars = self.web.execute_script(BARS)
        for name, x, width, y in bars:
            for at in (x + 3.5, x + width * 0.4, x + width - 4.5):  # the dashed line is in one's middle
                self.sees(image, (at, y), self.colors[name])
        self.assertGreater(len(bars), 3)

    def drawn(self):
        return self.web.execute_script(DRAWN)


class Still(Test):
    """With scripts off: a picture all the same."""

    preferences = {"profile.managed_default_content_settings.javascript": 2}

    def test_still(self):
        address, picture = draw("still", SAMPLE)
        self.web.get(address)
        image = self.shot()
        for row in picture.drawn:
            for name, path in row.paths:
                x, width = map(float, re.fullmatch(r"M([\d.]+) [\d.-]+[hvl]([\d.]+).*", path).groups())
                if name.startswith("s") and name != "s0" and width > 8:
                    self.sees(image, (x + width * 0.4, row.y), self.colors[name])
        self.sees(image, (1150, 260), self.colors["back"])
        self.assertTrue(picture.has("^Hover over a session for its numbers.$"))
        self.assertEqual(self.web.find_elements(By.ID, "search"), [])


class Live(Test):
    """With scripts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.address, cls.picture = draw("live", SAMPLE)

    def setUp(self):
        self.web.get(self.address)

    def tearDown(self):
        self.assertEqual([entry for entry in self.web.get_log("browser") if entry["level"] != "INFO"], [])

    def all(self, selector):
        return self.web.find_elements(By.CSS_SELECTOR, selector)

    def details(self):
        return [text.text for text in self.all("#details text")]

    def rows(self, text):
        """The rows whose title has it."""
        return [row for row in self.all(".r") if text in row.find_element(
            By.TAG_NAME, "title").get_property("textContent")]

    def bars(self, text):
        row, = self.rows(text)
        return [bar for bar in row.find_elements(By.TAG_NAME, "path")
                if re.fullmatch(r"s\d+", bar.get_attribute("class"))]

    def texts(self, selector):
        return [text.text for text in self.all(selector)]

    def axis(self):
        return self.texts("#axis text")

    def to(self, element):
        return ActionChains(self.web).move_to_element(element)

    def keys(self, *keys):
        ActionChains(self.web).send_keys(*keys).perform()

    def drag(self, *places):
        pointer = (chain := ActionChains(self.web)).w3c_actions.pointer_action
        pointer.move_to_location(*map(int, places[0])).pointer_down()
        pointer.move_to_location(*map(int, places[1])).pointer_up()
        chain.perform()

    def resize(self, width, height=900):
        self.web.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.addCleanup(self.web.execute_cdp_cmd, "Emulation.clearDeviceMetricsOverride", {})
        WebDriverWait(self.web, PATIENCE).until(lambda web: web.execute_script("return innerWidth") == width)
        # A frame has the page's own answer to the event.
        self.web.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def test_opened(self):
        self.sees_bars(self.shot())
        self.assertEqual(len(self.all("#search")), 1)

    def test_as_without_scripts(self):
        """The script draws the same as Python, to the last digit."""
        for name, arguments in (("sample", {}), ("busy", {"stdin": busy_host(1000)})):
            address, picture = draw(name, "--width", "1240", *(() if arguments else (SAMPLE,)), **arguments)
            self.web.get(address)
            self.resize(1300, 8000)
            have = [[row.get_attribute("textContent")] + [
                (path.get_attribute("class"), path.get_attribute("d")) for path in row.find_elements(By.TAG_NAME, "path")]
                for row in self.all(".r")]
            want = [["\n".join([row.who, row.what, *row.says]) + "".join(row.texts), *sorted_joints(row.paths)]
                    for row in picture.drawn]
            self.assertEqual([[text, *sorted_joints(paths)] for text, *paths in have], want)
            self.assertEqual(picture.headings, self.web.execute_script(HEADINGS))

    def test_width(self):
        """The width is that of the window, and no text is on another one."""
        self.web.get(draw("busy", stdin=busy_host(400))[0])
        for width in (1000, 1300, 2200):
            self.resize(width)
            own = self.web.execute_script("return Number(document.documentElement.getAttribute('width'))")
            self.assertLessEqual(width - own, 20)
            self.assertLessEqual(own, width)
            self.assertEqual(self.web.execute_script(CROWDED), [], width)
            self.sees_bars(self.shot())

    def test_hover(self):
        self.to(self.bars("50002")[2]).perform()
        self.assertEqual(self.details(), [
            "CLOSE_WAIT at least 16000.000 ms · from 15:30:04.000000 to 15:30:20.000000",
            "nginx[812] 192.0.2.1:443 ← 198.51.100.8:50002 · end not seen, stuck in CLOSE_WAIT, "
            "first closed by remote, owner by listener"])
        self.to(self.bars("40001")[1]).perform()
        self.assertEqual(self.details()[0], "ESTABLISHED 6000.000 ms · from 15:30:04.000000 to 15:30:10.000000")

    def test_click(self):
        """A session's time fills the picture; what was not then is gone, and reset brings all of it back."""
        before, height = self.drawn(), self.web.execute_script("return document.documentElement.scrollHeight")
        self.to(self.bars("40005")[0]).click().perform()
        self.assertEqual(self.axis(), [f"15:30:10.00{digits}" for digits in ("02", "04", "06", "08", "10")])
        bars = self.bars("40005")
        self.assertEqual([bar.get_attribute("class") for bar in bars], ["s2", "s1", "s4", "s5"])
        image = self.shot()
        for bar in bars[:3]:
            box = bar.rect
            self.sees(image, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2),
                      self.colors[bar.get_attribute("class")])
        self.assertEqual((len(self.rows("50003")), len(self.rows("50002"))), (0, 1))
        self.all("#reset")[0].click()
        self.assertEqual(self.drawn(), before)
        self.assertEqual(self.web.execute_script("return document.documentElement.scrollHeight"), height)
        self.sees_bars(self.shot())
        self.assertEqual(self.search("443"), "4 of 10")  # also with the button in focus

    def test_drag(self):
        """From a quarter to three quarters of 20 s: of the rows, and of the overview, which has all of the time then."""
        band = self.all("#overview")[0].rect
        places = [(band["x"] + band["width"] * share, self.all("#cover")[0].rect["height"] + 60) for share in (0.25, 0.75)]
        self.drag(*places)
        self.assertEqual((self.axis()[0], self.axis()[-1]), ("15:30:06", "15:30:14"))
        image = self.shot()
        shades = [image.getpixel((int(band["x"] + band["width"] * share), int(band["y"]) + 2)) for share in (0.1, 0.3, 0.9)]
        self.assertEqual(shades[0], shades[2])
        self.assertNotEqual(shades[0], shades[1])
        y = band["y"] + 20
        self.drag((band["x"] + 1, y), (band["x"] + band["width"] / 2, y))
        self.assertEqual((self.axis()[0], self.axis()[-1]), ("15:30:02", "15:30:10"))
        self.keys(Keys.ESCAPE)
        self.assertEqual(self.axis()[0], "15:30:00")

    def search(self, text):
        self.keys("/")
        field = self.all("#search")[0]
        self.assertEqual(self.web.switch_to.active_element, field)
        field.send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE, text)
        return self.all("#count")[0].text

    def test_search(self):
        """What matches is left: by port, process, part of a name or an address, state and reason."""
        before = self.drawn()
        for text, found in {"CURL": 3, "80": 2, "2002": 1, "198.51.100": 3, "script>": 1, "4000": 0, "812": 4,
                            "time_wait": 1, "TIME-WAIT": 1, "close_wait": 2, "reset": 2, "reset-by-peer": 1,
                            "stuck": 1, "timeout": 1, "fin": 5, "nginx syn-recv": 3, "curl fin": 2,
                            "nginx timeout": 0}.items():
            self.assertEqual(self.search(text), f"{found} of 10", text)
            self.assertEqual(len(self.all(".r")), found, text)
        self.assertEqual(self.texts("#rows text"), ["No session matches."])
        self.assertEqual(self.search("443"), "4 of 10")
        self.assertEqual(self.texts(".g .said"), ["4 sessions"])
        self.assertEqual(self.search("reset"), "2 of 10")
        self.assertEqual(self.texts(".g .said"), ["1 of 4 sessions", "1 session"])
        self.assertEqual(self.search(""), "")
        self.assertEqual(self.drawn(), before)
        self.sees_bars(self.shot())

    def test_keyboard(self):
        """Rows and zoom without a mouse."""
        self.keys(Keys.ARROW_DOWN)
        self.assertEqual(self.details(), ["nginx · 1 stuck · 1 reset-by-peer", "Click or Enter: fold, or unfold"])
        self.keys(Keys.ENTER)
        self.assertEqual(len(self.all(".r")), 6)
        self.keys(Keys.ENTER)
        self.keys(*[Keys.ARROW_DOWN] * 4)
        self.assertEqual(self.details(), [
            "from 15:30:01.000000 · SYN_RECV 250.000 ms · ESTABLISHED 3750.000 ms · CLOSE_WAIT 4000.000 ms · "
            "LAST_ACK 500.000 ms",
            "nginx[812] 192.0.2.1:443 ← 198.51.100.7:50001 · closed: fin, first closed by remote, "
            "owner by listener"])
        self.keys(Keys.ENTER)
        self.assertEqual((self.axis()[0], self.axis()[-1]), ("15:30:02", "15:30:08"))
        self.keys(Keys.ESCAPE, "+")
        self.assertEqual((self.axis()[0], self.axis()[-1]), ("15:30:06", "15:30:14"))
        self.keys(Keys.ARROW_RIGHT)
        self.assertEqual(self.axis()[-1], "15:30:16")
        self.keys(Keys.ESCAPE, Keys.ARROW_UP)
        self.search("curl")
        self.all("#search")[0].send_keys(Keys.ENTER)
        self.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        self.assertIn("40002", self.details()[1])

    def test_fold(self):
        """A click on a heading folds its group, and another one unfolds it."""
        self.to(self.all(".g")[1]).click().perform()
        self.assertEqual(self.rows("curl["), [])
        self.assertEqual(len(self.all(".g")), 5)
        self.to(self.all(".g")[1]).click().perform()
        self.assertEqual(len(self.rows("curl[")), 3)

    def test_many(self):
        """10,000 sessions are there soon, and the head stays in sight when they are scrolled."""
        address, picture = draw("many", stdin=traffic(10500))
        self.assertTrue(picture.has("^10,000 of 10,500 sessions: bad ends, then the longest"))
        begin = time.monotonic()
        self.web.get(address)
        image = self.shot()
        took = time.monotonic() - begin
        print(f"10,000 sessions: {took:.1f} s, {len(picture.svg)} characters", flush=True)
        self.assertLess(took, FAST)
        self.sees_bars(image)
        before = self.drawn()
        self.web.execute_script("window.scrollTo(0, 1000)")
        WebDriverWait(self.web, PATIENCE).until(
            lambda _: self.all("#head")[0].get_attribute("transform") != "translate(0,0)")
        bottom = self.web.execute_script("return document.querySelector('#cover').getBoundingClientRect().bottom")
        self.assertTrue(100 < bottom < 300, bottom)
        self.assertIn("of 10,000", self.search("curl"))
        self.keys(Keys.ESCAPE, Keys.ESCAPE)
        self.assertEqual(self.drawn(), before)

    def test_opened_group(self):
        """The sessions of a group that have no row are one line, and have rows after a click; few of them exist."""
        address, picture = draw("many", stdin=traffic(10000))
        self.web.get(address)
        self.resize(1300, 4000)
        self.assertEqual(self.texts(".t text:nth-of-type(2)"), picture.rests)
        count = len(self.all(".r"))
        self.assertEqual(count, len(picture.drawn))
        self.to(self.all(".t text")[0]).click().perform()
        first = picture.groups[0]["count"]
        height = self.web.execute_script("return document.documentElement.scrollHeight")
        self.assertGreater(height, first * 18)
        self.assertLess(len(self.all(".r")), 700)
        last = [row for row in picture.rows if row.who.startswith(picture.groups[0]["name"] + "[")][-1]
        self.web.execute_script(f"window.scrollTo(0, {first * 18 - 500})")
        WebDriverWait(self.web, PATIENCE).until(lambda web: last.who in web.execute_script(
            "return [...document.querySelectorAll('.r title')].map(title => title.textContent).join('\\n')"))

    def test_rest(self):
        """The height of a state's area is the number of sessions in it, also of a part of the time."""
        lines = []
        for i in range(200):  # 200 for 10 s; then 100 of them, which are in FIN_WAIT2, for 10 s more
            event = {"record": "event", "skaddr": f"{i:x}", "opid": 1, "ocomm": "x"}
            for second, old, new in ((10, "CLOSE", "ESTABLISHED"), (20, "ESTABLISHED", "FIN_WAIT2" if i % 2 else "CLOSE"),
                                     (30, "FIN_WAIT2", "CLOSE")):
                if second < 30 or i % 2:
                    lines.append({**event, "isotime": f"2026-11-24T15:30:{second}+00:00", "oldstate": old, "newstate": new})
        self.web.get(draw("rest", stdin=json_of(sorted(lines, key=lambda line: line["isotime"])))[0])
        self.resize(1300, 1600)
        for keys in ((), ("+",)):
            self.keys(*keys)
            box, band = self.all(".t > g")[0].rect, self.all("#overview")[0].rect
            image = self.shot()
            for share, upper, lower in ((0.3, "s1", "s1"), (0.7, "back", "s5")):
                x = band["x"] + band["width"] * share
                self.sees(image, (x, box["y"] + box["height"] * 0.25), self.colors[upper])
                self.sees(image, (x, box["y"] + box["height"] * 0.75), self.colors[lower])

    def test_joined(self):
        """Two ends of a session have one mark, beside both rows."""
        self.web.get(draw("busy", stdin=busy_host(100))[0])
        joints = self.all(".j")
        self.assertGreater(len(joints), 3)
        for joint in joints[:4]:
            box, row = joint.rect, joint.find_element(By.XPATH, "..")
            other = row.find_element(By.XPATH, "following-sibling::*")
            ends = [each.find_element(By.TAG_NAME, "title").get_property("textContent").split("\n")[0].split(" ")[-3:]
                    for each in (row, other)]
            self.assertEqual([ends[0][0], ends[0][2]], [ends[1][2], ends[1][0]])
            tops = [each.find_element(By.TAG_NAME, "text").rect["y"] for each in (row, other)]
            self.assertAlmostEqual(box["height"], tops[1] - tops[0], delta=3)

    def test_joined_found(self):
        """A search that finds one end of a session leaves both."""
        lines = [{"record": "event", "isotime": f"2026-11-24T15:30:0{second}+00:00", "skaddr": skaddr, "oldstate": "CLOSE",
                  "newstate": "SYN_SENT" if name == "curl" else "LISTEN", "laddr": "10.0.0.1", "raddr": "10.0.0.1",
                  "lport": lport, "rport": rport, "opid": 7, "ocomm": name}
                 for second, skaddr, name, lport, rport in ((1, "1", "curl", 5, 6), (2, "2", "nginx", 6, 5),
                                                            (3, "3", "curl", 7, 8), (4, "4", "nginx", 9, 9))]
        self.web.get(draw("pair", stdin=json_of(lines))[0])
        self.assertEqual(self.search("nginx"), "2 of 4")
        self.assertEqual([len(self.rows(name + "[7]")) for name in ("curl", "nginx")], [1, 2])
        self.assertEqual(self.texts(".g text:nth-of-type(2)"), ["curl1 of 2 sessions, and the other ends of 1",
                                                                "nginx2 sessions, 1 shown at their other ends"])

    def test_hostile(self):
        """No name is a script."""
        names = ["<script>window.evil=1</script>", "\"onload=\"window.evil=1",
                 "]]></script><script>window.evil=1</script>",
                 "<img src=x onerror=window.evil=1>", "javascript:window.evil=1"]
        lines = sample_lines()
        for i, line in enumerate(lines):
            if line["record"] == "event":
                line.update(opid=i, ocomm=names[i % len(names)], why=names[0], unit=names[2])
        address, picture = draw("hostile", stdin=json_of(lines))
        self.web.get(address)
        self.search("evil")
        for bar in self.all("#rows .s1"):
            self.to(bar).perform()
        self.assertIn("evil", self.details()[1])
        self.assertIsNone(self.web.execute_script("return window.evil"))
        self.assertEqual(len(self.web.execute_script("return document.scripts")), 0)


class Dark(Test):
    """A browser that prefers dark pages."""

    theme = "dark"

    def test_dark(self):
        self.web.get(draw("dark", stdin=busy_host(100))[0])
        image = self.shot()
        self.sees_bars(image)
        self.sees(image, (image.width - 40, 40), self.colors["back"])
        self.assertLess(max(self.colors["back"]), 50)
        field = self.web.find_element(By.ID, "search")
        self.assertLess(max(map(int, re.findall(r"\d+", field.value_of_css_property("background-color"))[:3])), 60)


if __name__ == "__main__":
    unittest.main()
