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

from timeline import SAMPLE, TOOL, Picture, json_of, run, sample_lines, traffic

OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
           "--no-first-run", "--disable-sync", "--disable-component-update", "--disable-quic",
           "--window-size=1300,900", "--force-device-scale-factor=1")
PATIENCE = 20  # seconds
FAST = 8  # seconds in which 10,000 sessions are there: it takes 1 to 2 if nothing else runs
FOLDER = sys.argv.pop(1)
NEAR = 6  # how far a color may be off
DIM = (0xec, 0xec, 0xec)
# All that the static picture and the script draw, as text.
DRAWN = """return [...document.querySelectorAll("#rows, .r, .g, #axis, #grid, #marks")].map(g => [
    ...["transform", "stroke-width", "d", "display"].map(name => g.getAttribute(name)),
    ...[...g.querySelectorAll("path, text")].map(part => part.outerHTML).sort()].join(" "))"""


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


def colors():
    """By the states' classes, as the style has them."""
    with open(os.path.dirname(TOOL) + "/timeline.css", encoding="utf-8") as file:
        return {name: ImageColor.getrgb(color)
                for name, color in re.findall(r"\.(\w+) \{ stroke: (#\w+); \}", file.read())}


class Test(unittest.TestCase):
    """A browser, for all of a class's tests, and ways to look at what it shows."""

    preferences = {}

    @classmethod
    def setUpClass(cls):
        cls.web = browser(cls.__name__, **cls.preferences)
        cls.addClassCleanup(cls.web.quit)
        cls.colors = colors()

    def shot(self):
        return Image.open(io.BytesIO(self.web.get_screenshot_as_png())).convert("RGB")

    def sees(self, image, at, color):
        """The screenshot has that color there."""
        have = image.getpixel((round(at[0]), round(at[1])))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(have, color)), NEAR, (at, have, color))

    def sees_bars(self, image, rows):
        """Each bar of the rows that is in sight is in its state's color, from end to end."""
        seen = 0
        for row in rows:
            for name, path in row.paths:
                x, width = map(float, re.fullmatch(r"M([\d.]+) 0h([\d.]+)", path).groups())
                if width < 6 or name == "s0" or row.y >= image.height:
                    continue
                for at in (x + 3.5, x + width * 0.4, x + width - 4.5):  # the dashed line is in one's middle
                    self.sees(image, (at, row.y), self.colors[name])
                    seen += 1
        self.assertGreater(seen, 30)


class Still(Test):
    """With scripts off: a picture all the same."""

    preferences = {"profile.managed_default_content_settings.javascript": 2}

    def test_still(self):
        address, picture = draw("still", SAMPLE)
        self.web.get(address)
        image = self.shot()
        self.sees_bars(image, picture.rows)
        self.sees(image, (1150, 17), (255, 255, 255))  # where the button would be
        self.assertTrue(picture.has("^Hover over a session for its numbers.$"))


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

    def row(self, text):
        """The one row whose title has it."""
        found, = (row for row in self.all(".r") if text in row.find_element(
            By.TAG_NAME, "title").get_property("textContent"))
        return found

    def bars(self, text):
        return self.row(text).find_elements(By.CSS_SELECTOR, "path:not(.m)")

    def drawn(self):
        return self.web.execute_script(DRAWN)

    def axis(self):
        return [text.text for text in self.all("#axis text")]

    def to(self, element):
        return ActionChains(self.web).move_to_element(element)

    def keys(self, *keys):
        ActionChains(self.web).send_keys(*keys).perform()

    def test_opened(self):
        image = self.shot()
        self.sees_bars(image, self.picture.rows)
        self.assertNotEqual(image.getpixel((1150, 17)), (255, 255, 255))

    def test_hover(self):
        self.to(self.bars("50002")[2]).perform()
        self.assertEqual(self.details(), [
            "CLOSE_WAIT at least 16000.000 ms · from 15:30:04.000000 to 15:30:20.000000",
            "nginx[812] 192.0.2.1:443 ← 198.51.100.8:50002 · end not seen, first closed by remote, "
            "owner by listener"])
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
        self.assertFalse(self.row("50003").is_displayed())
        self.assertTrue(self.row("50002").is_displayed())
        self.all("#reset")[0].click()
        self.assertEqual(self.drawn(), before)
        self.assertEqual(self.web.execute_script("return document.documentElement.scrollHeight"), height)
        self.sees_bars(self.shot(), self.picture.rows)
        self.assertEqual(self.search("443"), "4 of 10")  # also with the button in focus

    def test_drag(self):
        """From 5 s to 15 s: of the 20 s that 800 pixels are."""
        box = self.all("#cover")[0].rect
        chain = ActionChains(self.web)
        pointer = chain.w3c_actions.pointer_action
        pointer.move_to_location(550, int(box["height"]) + 30).pointer_down()
        pointer.move_to_location(950, int(box["height"]) + 40).pointer_up()
        chain.perform()
        self.assertEqual((self.axis()[0], self.axis()[-1]), ("15:30:06", "15:30:14"))
        self.keys(Keys.ESCAPE)
        self.assertEqual(self.axis()[0], "15:30:00")

    def search(self, text):
        self.keys("/")
        field = self.all("#search")[0]
        self.assertEqual(self.web.switch_to.active_element, field)
        field.send_keys(Keys.CONTROL, "a", Keys.NULL, Keys.DELETE, text)
        return self.all("#count")[0].text

    def test_search(self):
        self.assertEqual(self.search("443"), "4 of 10")
        image = self.shot()
        for row in self.picture.rows:
            name, path = row.paths[0] if row.paths[0][0] != "m" else row.paths[1]
            x, width = map(float, re.fullmatch(r"M([\d.]+) 0h([\d.]+)", path).groups())
            if width > 6 and name.startswith("s") and name != "s0":
                self.sees(image, (x + width * 0.4, row.y), self.colors[name] if ":443" in row.who else DIM)
        for text, found in {"CURL": 3, "80": 2, "2002": 1, "198.51.100": 3, "script>": 1, "4000": 0, "812": 4,
                            "": None}.items():
            self.assertEqual(self.search(text), "" if found is None else f"{found} of 10", text)
        self.sees_bars(self.shot(), self.picture.rows)

    def test_keyboard(self):
        """Rows and zoom without a mouse."""
        self.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
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
        self.all("#search")[0].send_keys(Keys.ENTER, Keys.ENTER)
        self.assertIn("40002", self.details()[1])

    def test_many(self):
        """10,000 sessions are there soon, and the head stays in sight when they are scrolled."""
        address, picture = draw("many", stdin=traffic(10500))
        self.assertTrue(picture.has("^10,000 of 10,500 sessions: the longest"))
        begin = time.monotonic()
        self.web.get(address)
        image = self.shot()
        took = time.monotonic() - begin
        print(f"10,000 sessions: {took:.1f} s, {len(picture.svg)} characters", flush=True)
        self.assertLess(took, FAST)
        self.sees_bars(image, picture.rows)
        before = self.drawn()
        self.web.execute_script("window.scrollTo(0, 5000)")
        WebDriverWait(self.web, PATIENCE).until(lambda _: self.all("#head")[0].get_attribute("transform"))
        self.assertEqual(self.all("#cover")[0].rect["y"], 5000)
        self.assertIn("of 10,000", self.search("curl"))
        self.keys(Keys.ESCAPE, Keys.ESCAPE)
        self.assertEqual(self.drawn(), before)

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
        self.assertTrue(self.details()[1].startswith(picture.rows[-1].who))
        self.assertIsNone(self.web.execute_script("return window.evil"))
        self.assertEqual(len(self.web.execute_script("return document.scripts")), 0)


if __name__ == "__main__":
    unittest.main()
