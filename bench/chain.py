#!/usr/bin/python3
"""The usual chain of a researcher: HTML to words to a weighted vector a page.

usage: bench/chain.py FILE      pages, each behind a line that tells its length in bytes

Prints the processor seconds that BeautifulSoup over lxml and scikit-learn's TF-IDF take for all pages,
without the time to read the file. The rival of bench/bench_assess.c, which calls it.
"""

import sys
import time

from bs4 import BeautifulSoup
from sklearn.feature_extraction.text import TfidfVectorizer


def main():
    pages = []
    with open(sys.argv[1], "rb") as f:
        while line := f.readline():
            pages.append(f.read(int(line)))
    begun = time.process_time()
    texts = [BeautifulSoup(page, "lxml").get_text(" ", strip=True) for page in pages]
    TfidfVectorizer().fit_transform(texts)
    print(time.process_time() - begun)


main()
