import { MAX_WORD_TEXT, parseIntentWord } from '../domain/parse-comment.ts';
import type { ShowSettings } from '../domain/show-state.ts';
import { MAX_NAME_TEXT } from '../domain/text.ts';

export type SettingsFaults = Partial<Record<keyof ShowSettings, string>>;

const WORD_FAULT = `Use one word of at most ${MAX_WORD_TEXT} characters with at least one letter.`;

/** What is wrong with a show's name and words as they are typed, by field. Empty when all is well. */
export function checkSettings(typed: ShowSettings): SettingsFaults {
	const faults: SettingsFaults = {};
	const name = typed.name.trim();
	if (name === '') faults.name = 'Give the show a name.';
	if (name.length > MAX_NAME_TEXT) {
		faults.name = `The name can have at most ${MAX_NAME_TEXT} characters.`;
	}
	const claimWord = parseIntentWord(typed.claimWord);
	const passWord = parseIntentWord(typed.passWord);
	if (claimWord === null) faults.claimWord = WORD_FAULT;
	if (passWord === null) faults.passWord = WORD_FAULT;
	else if (passWord === claimWord) faults.passWord = 'The two words must differ.';
	return faults;
}

/** Whether two settings mean the same: words count in the form in which comments are compared. */
export function sameSettings(a: ShowSettings, b: ShowSettings): boolean {
	const word = (text: string) => parseIntentWord(text) ?? text;
	return (
		a.name.trim() === b.name.trim() &&
		word(a.claimWord) === word(b.claimWord) &&
		word(a.passWord) === word(b.passWord)
	);
}
