"""Debian's Chromium, driven for a test: headless, asking no other host, ended by its driver."""

import base64
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from assay import ROOT
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

BUILD = Path(os.environ.get("ASSAY_BUILD", ROOT / "build-test"))
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
AXE = (ROOT / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


class Browser(webdriver.Chrome):
    """with Browser(script=True) as b: b.get(url)"""

    def __init__(self, script=True):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update",
                     "--disable-sync", "--disable-default-apps", "--disable-gpu",
                     "--lang=en"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        if not script:
            options.add_experimental_option(
                "prefs", {"profile.managed_default_content_settings.javascript": 2})
        super().__init__(options=options, service=Service("/usr/bin/chromedriver"))
        self.set_script_timeout(60)

    def size(self, name):
        """The page's own width and height, whatever window Chromium gives."""
        width, height = SIZES[name]
        self.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": name == "phone"})

    def picture(self, name):
        """The whole page, into the build folder."""
        folder = BUILD / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        shot = self.execute_cdp_cmd("Page.captureScreenshot",
                                    {"captureBeyondViewport": True, "format": "png"})
        (folder / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def violations(self):
        """What axe-core finds: [(rule, impact, where)]."""
        # Evaluated in the page by the driver: the page's own policy stays as strict as it is.
        self.execute_script(AXE)
        found = self.execute_async_script(
            "const done = arguments[0]; axe.run().then(r => done(r.violations));")
        return [(v["id"], v["impact"], [n["target"] for n in v["nodes"]][:3]) for v in found]

    def text(self, css="body"):
        return self.find_element("css selector", css).text

    def hosts(self):
        """The hosts that anything was asked from since the last call."""
        asked = set()
        for entry in self.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                parts = urlsplit(message["params"]["request"]["url"])
                if parts.scheme not in ("data", "blob", "chrome", "about"):
                    asked.add(parts.netloc)
        return asked

    def complaints(self):
        """Errors on the console since the last call, but for the answers of 400 and 404 asked for."""
        return [e["message"] for e in self.get_log("browser") if e["level"] == "SEVERE"
                and "status of 40" not in e["message"]]
