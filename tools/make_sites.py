#!/usr/bin/python3
"""Write pages of invented sites, the same ones every time, for comparisons of two builds.

usage: tools/make_sites.py N >pages.jsonl

N sites, as JSON lines with `url`, `site`, `at`, `vantage` and `text`. They mix what packs ask for (offers,
claims, places, licences, warnings) in several languages with what none asks for, so that every
class of verdict comes up. The names are under .example and .test (RFC 2606): none of them exists.
"""

import json
import random
import sys

DRUGS = ["sildenafil", "Viagra", "tadalafil", "Cialis", "tramadol", "diazepam", "modafinil",
         "finasteride", "semaglutide", "amoxicillin", "sibutramine", "vitamin C", "ibuprofen",
         "シルデナフィル", "バイアグラ", "フィナステリド", "силденафил", "sildénafil"]
NORX = ["No prescription needed.", "We sell without a prescription.", "処方箋不要です。",
        "Ohne Rezept bestellen.", "Sans ordonnance.", "Sin receta médica.", "Без рецепта.",
        "Never buy medicine where no prescription is needed.",
        "We never sell without a prescription.", "Prescription required.", ""]
SHIP = ["We ship to the USA.", "We ship worldwide.", "We ship to Japan and the United Kingdom.",
        "全国送料無料でお届けします。", "We ship to Germany only.", "Worldwide, but not to the USA.",
        "Livraison en France.", ""]
BUY = ["Add to cart", "カートに入れる", "In den Warenkorb", "Ajouter au panier", "Buy now", ""]
OTHER = ["Our library opens at nine.", "個人輸入代行のご案内です。", "Pay with Bitcoin.",
         "Registered pharmacy, licence number 1234567.", "Free bonus pills with each order.",
         "Discreet packaging, customs cleared.", "The minister warned of such shops.",
         "Ask your doctor first.", "Tote bag, 100 % cotton.", "お問い合わせはこちら。"]


def page(rng):
    lines = []
    for _ in range(rng.randint(0, 4)):
        price = rng.choice([f"${rng.randint(9, 99)}.00", f"{rng.randint(900, 9900)}円",
                            f"£{rng.randint(9, 99)}", f"{rng.randint(9, 99)},50 €", ""])
        lines.append(f"{rng.choice(DRUGS)} {rng.choice([5, 20, 50, 100])} mg {price} "
                     f"{rng.choice(BUY)}")
    lines += [rng.choice(NORX), rng.choice(SHIP)]
    lines += rng.sample(OTHER, rng.randint(0, 3))
    rng.shuffle(lines)
    return "\n".join(line for line in lines if line)


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    rng = random.Random(1)
    for number in range(int(sys.argv[1])):
        site = f"made-{number}.{rng.choice(['example', 'test'])}"
        for capture in range(rng.randint(1, 2)):
            at = f"2026-{rng.randint(8, 10):02}-{rng.randint(1, 28):02}T0{capture}:00:00Z"
            vantage = rng.choice(["local", "us-desktop", "jp-mobile", "gb-desktop"])
            for path in ["", "shop", "about"][:rng.randint(1, 3)]:
                print(json.dumps({"url": f"https://{site}/{path}", "site": site, "at": at,
                                  "vantage": vantage, "text": page(rng)}, ensure_ascii=False))


main()
