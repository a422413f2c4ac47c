assay pack fr 2026-11-28
sha256:c5eb2fa6dddd67687a66f1b3e64994cc79cced68c5efa5f1bc0e6180c4371c9f

— assay-packs OzoDkwLUpq8IaHY+1K4zuV37oGG2ou7n+lUcur/22U0dc7/4eDtV8rJpiV1efVS+noLh+G4DgQVmldhT/8ROOqYP9Qg=
