// check_ledger DIR checks what make_ledger wrote with the code of others:
// golang.org/x/mod/sumdb/note and golang.org/x/mod/sumdb/tlog.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var dir string

func fail(format string, args ...interface{}) {
	fmt.Printf("not ok - "+format+"\n", args...)
	os.Exit(1)
}

func must(what string, err error) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, name))
	must(name, err)
	return data
}

// The paths of tlog-tiles are those of the Go checksum database without the height.
func tilePath(t tlog.Tile) string {
	return "ledger/" + strings.Replace(t.Path(), "tile/8/", "tile/", 1)
}

type files struct{}

func (files) Height() int                     { return 8 }
func (files) SaveTiles([]tlog.Tile, [][]byte) {}
func (files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		data, err := os.ReadFile(filepath.Join(dir, tilePath(t)))
		if err != nil {
			return nil, err
		}
		out = append(out, data)
	}
	return out, nil
}

func checkpoint(data []byte, v note.Verifier) tlog.Tree {
	n, err := note.Open(data, note.VerifierList(v))
	must("note.Open", err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != v.Name() {
		fail("checkpoint body %q", n.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must("size", err)
	hash, err := tlog.ParseHash(lines[2])
	must("root", err)
	return tlog.Tree{N: size, Hash: hash}
}

func signsTheSame(signed []byte, skey string) {
	s, err := note.NewSigner(skey)
	must("NewSigner", err)
	cut := bytes.LastIndex(signed, []byte("\n\n"))
	again, err := note.Sign(&note.Note{Text: string(signed[:cut+1])}, s)
	must("note.Sign", err)
	if !bytes.Equal(again, signed) {
		fail("signing the text again gives %q", again)
	}
	fmt.Println("ok - the signer key signs to the same bytes")
}

func main() {
	dir = os.Args[1]
	vkey := strings.TrimSuffix(string(read("ledger/key.pub")), "\n")
	v, err := note.NewVerifier(vkey)
	must("NewVerifier", err)

	signed := read("ledger/checkpoint")
	tree := checkpoint(signed, v)
	fmt.Printf("ok - checkpoint of %d entries opens\n", tree.N)

	// A mirror has no signing key: then there is one check less, and the rest is from what is served.
	if skey, err := os.ReadFile(filepath.Join(dir, "ledger/key")); err == nil {
		signsTheSame(signed, strings.TrimSuffix(string(skey), "\n"))
	}

	hashes := tlog.TileHashReader(tree, files{})
	root, err := tlog.TreeHash(tree.N, hashes)
	must("TreeHash", err)
	if root != tree.Hash {
		fail("the tiles give %v", root)
	}
	fmt.Println("ok - the tiles give the root")

	var entries []string
	index := int64(0)
	for n := int64(0); index < tree.N; n++ {
		t := tlog.Tile{H: 8, L: 0, N: n, W: 256}
		if tree.N-n*256 < 256 {
			t.W = int(tree.N - n*256)
		}
		var at []int64
		for i := 0; i < t.W; i++ {
			at = append(at, tlog.StoredHashIndex(0, index+int64(i)))
		}
		leaves, err := hashes.ReadHashes(at)
		must("ReadHashes", err)
		bundle := read(strings.Replace(tilePath(t), "tile/0/", "tile/entries/", 1))
		for i := 0; i < t.W; i++ {
			length := int(binary.BigEndian.Uint16(bundle))
			entry := bundle[2 : 2+length]
			bundle = bundle[2+length:]
			// Of a made ledger the entries are known; of a real one they are acts.
			if made := fmt.Sprintf("entry %d", index); entry[0] != '{' && string(entry) != made {
				fail("entry %d is %q", index, entry)
			}
			entries = append(entries, string(entry))
			if leaves[i] != tlog.RecordHash(entry) {
				fail("leaf %d is not the hash of its entry", index)
			}
			index++
		}
		if len(bundle) != 0 {
			fail("bundle %d has more", n)
		}
	}
	fmt.Printf("ok - %d entries have their leaf hashes\n", index)

	kept, err := filepath.Glob(filepath.Join(dir, "kept-*"))
	must("kept", err)
	for _, path := range kept {
		old := checkpoint(read(filepath.Base(path)), v)
		if old.N == 0 {
			continue
		}
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		must("ProveTree", err)
		must("CheckTree", tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
	}
	fmt.Printf("ok - %d kept checkpoints are the past of the last\n", len(kept))

	proofs, err := filepath.Glob(filepath.Join(dir, "proof-*"))
	must("proofs", err)
	for _, path := range proofs {
		parts := strings.SplitN(string(read(filepath.Base(path))), "\n\n", 2)
		lines := strings.Split(parts[0], "\n")
		if lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
			fail("%s begins %q", path, lines[:2])
		}
		i, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
		must("index", err)
		var proof tlog.RecordProof
		for _, line := range lines[3:] {
			h, err := tlog.ParseHash(line)
			must("hash", err)
			proof = append(proof, h)
		}
		at := checkpoint([]byte(parts[1]), v)
		leaf := tlog.RecordHash([]byte(entries[i]))
		must("CheckRecord", tlog.CheckRecord(proof, at.N, at.Hash, i, leaf))
		ours, err := tlog.ProveRecord(tree.N, i, hashes)
		must("ProveRecord", err)
		if fmt.Sprint(ours) != fmt.Sprint(proof) {
			fail("the proof of %d differs", i)
		}
		if _, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra ")); err != nil {
			fail("extra: %v", err)
		}
	}
	fmt.Printf("ok - %d proofs of entries hold\n", len(proofs))

	since, err := filepath.Glob(filepath.Join(dir, "since-*"))
	must("since", err)
	for _, path := range since {
		parts := strings.SplitN(string(read(filepath.Base(path))), "\n\n", 2)
		lines := strings.Split(parts[0], "\n")
		n, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
		must("old", err)
		var proof tlog.TreeProof
		for _, line := range lines[1:] {
			h, err := tlog.ParseHash(line)
			must("hash", err)
			proof = append(proof, h)
		}
		at := checkpoint([]byte(parts[1]), v)
		old := checkpoint(read(fmt.Sprintf("kept-%d", n)), v)
		if old.N != n || at != tree {
			fail("%s is of %d and %d", path, old.N, at.N)
		}
		must("CheckTree", tlog.CheckTree(proof, at.N, at.Hash, old.N, old.Hash))
	}
	fmt.Printf("ok - %d proofs of consistency hold\n", len(since))

	if _, err := os.Stat(filepath.Join(dir, "witness-0")); err == nil {
		checkCosigned(v, tree)
	}
}

// A cosignature by the words of c2sp.org/tlog-cosignature: Go's note package gives the lines of
// keys that it does not know, and crypto/ed25519 checks what such a line signs.
func checkCosigned(v note.Verifier, tree tlog.Tree) {
	parts := strings.SplitN(string(read("witness-0")), "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must("witness key", err)
	if len(key) != 33 || key[0] != 0x04 {
		fail("the witness key is of type %d, %d bytes", key[0], len(key))
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	id := binary.BigEndian.Uint32(sum[:4])
	if parts[1] != fmt.Sprintf("%08x", id) {
		fail("the witness key has hash %s, not %08x", parts[1], id)
	}
	n, err := note.Open(read(fmt.Sprintf("cosigned-%d", tree.N)), note.VerifierList(v))
	must("note.Open of a cosigned checkpoint", err)
	if len(n.UnverifiedSigs) != 1 || n.UnverifiedSigs[0].Name != parts[0] ||
		n.UnverifiedSigs[0].Hash != id {
		fail("cosignatures %v", n.UnverifiedSigs)
	}
	sig, err := base64.StdEncoding.DecodeString(n.UnverifiedSigs[0].Base64)
	must("cosignature", err)
	if len(sig) != 4+8+64 {
		fail("the cosignature has %d bytes", len(sig))
	}
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig[4:]), n.Text)
	if !ed25519.Verify(ed25519.PublicKey(key[1:]), []byte(message), sig[12:]) {
		fail("the cosignature does not verify")
	}
	fmt.Println("ok - the cosignature verifies")
}
