assay pack jp 2026-11-22
sha256:805b51c10b6ceac9e770ab772de53da75c390ce723f65190c0a9b681bc2f784f

— assay-packs OzoDk+h2nOeABe917IaY/8JlzRG+hrx2KemwTmc2kh0Smn4d5b7w9yIQKfu+/BudSOgzagUUF+JnoGsboXKBlv4ffQc=
