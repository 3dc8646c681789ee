import { describe, expect, test } from 'vitest';
import { DEFAULT_WORDS, parseComment } from '../../../domain/parse-comment.ts';
import { sayAmbiguous, sayDouble, SPELLINGS } from './intents.ts';
import { EMOJI_ENDINGS, EMOJI_ONLY, PHRASES } from './phrases.ts';
import { Random } from './random.ts';

const ITEMS = ['1', '12', '907', '4999'];

describe('what the generator believes of its own words, the parser confirms', () => {
	test.each(['claim', 'pass'] as const)('every spelling of a %s is one', (kind) => {
		for (const item of ITEMS) {
			for (const template of SPELLINGS[kind]) {
				const text = SPELLINGS.fill(template, item);
				expect([text, parseComment(text, DEFAULT_WORDS)]).toEqual([text, { kind, item }]);
			}
		}
	});

	test('no near miss is an intent', () => {
		for (const item of ITEMS) {
			for (const template of SPELLINGS.nearMiss) {
				const text = SPELLINGS.fill(template, item);
				expect([text, parseComment(text, DEFAULT_WORDS)]).toEqual([text, null]);
			}
		}
	});

	test('ambiguous and double comments mean what they literally say', () => {
		const random = new Random(1);
		for (let round = 0; round < 100; round++) {
			for (const spoken of [sayAmbiguous(random, '12'), sayDouble(random, '12', '7')]) {
				expect([spoken.text, parseComment(spoken.text, DEFAULT_WORDS)]).toEqual([
					spoken.text,
					spoken.intent
				]);
			}
		}
	});

	test('no phrase of the chatter is an intent, whatever stands behind it', () => {
		const phrases = Object.values(PHRASES)
			.flatMap((topics) => Object.values(topics).flat())
			.concat(EMOJI_ONLY);
		for (const phrase of phrases) {
			for (const ending of ['', ...EMOJI_ENDINGS]) {
				const text = phrase.replaceAll('{n}', '12') + ending;
				expect([text, parseComment(text, DEFAULT_WORDS)]).toEqual([text, null]);
			}
		}
	});
});
