/* What the script says. A page may give its own words as data-text-KEY on the element (the catalogue
 * of sentences does, in the page's language); these stand where it gives none. */

const WORDS = {
	en: {
		"search-will": "Will look up {name}",
		"search-not": "Not an address yet. Example: shop.example",
		"proof-check": "Check this in my browser",
		"proof-again": "Check again",
		"proof-checking": "Checking …",
		"proof-good": "Everything holds. This decision is in the ledger as this page shows it.",
		"proof-bad": "This does not hold. Do not rely on this page; tell the operator.",
		"proof-unable": "This browser cannot check all of it. What it could check holds.",
		"proof-absent": "The proof could not be fetched. Nothing was checked.",
		"proof-step-form": "The proof and the ledger’s key can be read.",
		"proof-step-record": "The record in the proof is the one that this page names.",
		"proof-step-commit": "The ledger’s entry stands for exactly this record.",
		"proof-step-path": "The entry is in the ledger, number {index} of {size}.",
		"proof-step-signature": "The ledger with this entry is signed by the key of {origin}.",
		"proof-state-good": "holds",
		"proof-state-bad": "does not hold",
		"proof-state-unable": "cannot be checked in this browser",
		"proof-state-open": "not checked",
		"choice-done": "Now shown: {headline}",
	},
	ja: {
		"search-will": "{name} を調べます",
		"search-not": "まだサイトの名前として読めません。例：shop.example",
		"proof-check": "このブラウザーで確かめる",
		"proof-again": "もう一度確かめる",
		"proof-checking": "確かめています…",
		"proof-good": "すべて一致しました。この判断は、このページのとおりに台帳に記録されています。",
		"proof-bad": "一致しません。このページを信用せず、運営者に知らせてください。",
		"proof-unable": "このブラウザーでは一部を確かめられません。確かめられた部分は一致しました。",
		"proof-absent": "証明を取得できませんでした。何も確かめていません。",
		"proof-step-form": "証明と台帳の鍵を読み取れます。",
		"proof-step-record": "証明の中の記録は、このページが示す記録と同じです。",
		"proof-step-commit": "台帳の項目は、まさにこの記録を指しています。",
		"proof-step-path": "この項目は台帳にあります（{size} 件中の {index} 番）。",
		"proof-step-signature": "この項目を含む台帳に、{origin} の鍵の署名があります。",
		"proof-state-good": "一致",
		"proof-state-bad": "不一致",
		"proof-state-unable": "このブラウザーでは確かめられません",
		"proof-state-open": "未確認",
		"choice-done": "表示を変えました：{headline}",
	},
};

/* The sentence of a key for an element, its {places} filled. */
export function words(element, key, places = {}) {
	const language = element.closest("[lang]")?.lang.startsWith("ja") ? "ja" : "en";
	const sentence = element.getAttribute(`data-text-${key}`) ?? WORDS[language][key];
	return sentence.replace(/\{(\w+)\}/g, (place, name) => places[name] ?? place);
}
