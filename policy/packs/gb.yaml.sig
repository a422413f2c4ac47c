assay pack gb 2026-11-22
<<<<<<< HEAD
sha256:74cf446c879607954ac9104c3cc6732205f18763faf69c3c423a3289a2213fa7

— assay-packs OzoDk3QFkqEuZtullRep6d27Pgn5Hj/gTw97+n1K1ohWFYiv82g4P0qeYWeZxWcyLUMco+CUclt2UWmoiKAYXvQTlQM=
=======
sha256:61d75c042fe6ea8ef1fa46a7b4b21b89e0fa1f6e3c955b834656a60c2e8887d8

— assay-packs OzoDk9wlo+T4uDUyWpuMPU6rksrkE6de6IW/nuCq33xrdHHU8PUonK9e6IuPnssTC6s5cbe81WW87pZt+lV2Q9o6kQk=
>>>>>>> registers
