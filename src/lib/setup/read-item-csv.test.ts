import { describe, expect, test } from 'vitest';
import { explainColumns, findColumns } from './csv-columns.ts';
import { readSheet, readSheetItems } from './read-item-csv.ts';
import type { Sheet } from './read-item-csv.ts';
import { MAX_ROWS } from './read-row.ts';

function sheetOf(text: string): Sheet {
	const result = readSheet(text);
	if (!result.ok) throw new Error(result.message);
	return result.sheet;
}

function itemsOf(text: string) {
	const sheet = sheetOf(text);
	return readSheetItems(sheet, sheet.columns).map(({ item }) =>
		item === null ? null : [item.number, item.title, item.quantity]
	);
}

function faultsOf(text: string) {
	const sheet = sheetOf(text);
	return readSheetItems(sheet, sheet.columns).map(({ row, fault }) => [row, fault]);
}

function refusalOf(text: string): string | null {
	const result = readSheet(text);
	return result.ok ? null : result.message;
}

describe('columns are found by name, in any order and case', () => {
	test.each([
		['number,title,quantity', 0, 1, 2],
		['QTY;Name;Item No.', 2, 1, 0],
		['Item\tName\tQty', 0, 1, 2],
		['No.,Item,Stock', 0, 1, 2],
		['#,Product,Pieces', 0, 1, 2],
		['id,title', 0, 1, null],
		['colour,number,title', 1, 2, null]
	])('%j', (names, number, title, quantity) => {
		expect(findColumns(names.split(/[,;\t]/))).toEqual({ number, title, quantity });
	});

	test.each([
		['artikel,bezeichnung', null, null],
		['number,colour', 0, null]
	])('%j lacks some', (names, number, title) => {
		expect(findColumns(names.split(','))).toMatchObject({ number, title });
	});
});

describe('wrong names are explained', () => {
	test('with what is missing and what is there', () => {
		const headings = ['artikel', ' bezeichnung', ''];
		const text = explainColumns(findColumns(headings), headings);
		expect(text).toContain('“number” or “title”');
		expect(text).toContain('“artikel”, “bezeichnung”');
	});

	test('one column can’t be both', () => {
		expect(explainColumns({ number: 0, title: 0, quantity: null }, ['a'])).toContain('each');
	});

	test('nothing to explain when number and title are there', () => {
		expect(explainColumns({ number: 1, title: 0, quantity: null }, ['a', 'b'])).toBeNull();
	});
});

describe('a file is split into its cells', () => {
	const expected = [
		['12', 'Linen dress', 2],
		['13', 'Scarf', 1]
	];

	test.each([
		['commas', 'number,title,quantity\n12,Linen dress,2\n13,Scarf,'],
		['semicolons', 'number;title;quantity\r\n12;Linen dress;2\r\n13;Scarf;\r\n'],
		['tabs', 'number\ttitle\tquantity\n12\tLinen dress\t2\n13\tScarf\t'],
		['a byte order mark', '\ufeffnumber,title,quantity\n12,Linen dress,2\n13,Scarf,1'],
		['Excel’s separator line', 'sep=;\r\nnumber;title;quantity\r\n12;Linen dress;2\r\n13;Scarf;1'],
		['quoted cells', '"number","title","quantity"\n"12","Linen dress","2"\n"13","Scarf","1"'],
		['blank rows', '\nnumber,title,quantity\n\n12,Linen dress,2\n , ,\n13,Scarf\n\n'],
		['another order', 'title,qty,item\nLinen dress,2,12\nScarf,1,#13'],
		['columns of no interest', 'number,colour,title,quantity\n12,red,Linen dress,2\n13,,Scarf,1'],
		['no names at all', '12,Linen dress,2\n13,Scarf,1']
	])('with %s', (_, text) => expect(itemsOf(text)).toEqual(expected));

	test('quoted cells may hold separators, quotes and line breaks', () => {
		const text = 'number,title\n1,"Dress, red ""L"""\n2,"Two\nlines"\n3,Mug';
		expect(itemsOf(text)).toEqual([
			['1', 'Dress, red "L"', 1],
			['2', 'Two lines', 1],
			['3', 'Mug', 1]
		]);
	});

	test('semicolons separate even when titles hold commas', () => {
		expect(itemsOf('number;title\n1;Dress, red, long\n2;Mug')).toEqual([
			['1', 'Dress, red, long', 1],
			['2', 'Mug', 1]
		]);
	});

	test('a quote inside a cell without quotes is text', () => {
		expect(itemsOf('number,title\n1,Pipe 5" long\n2,Mug')).toEqual([
			['1', 'Pipe 5" long', 1],
			['2', 'Mug', 1]
		]);
	});

	test('names alone in the first row: the second file row is row 2', () => {
		expect(faultsOf('number,title\n\n,Mug')).toEqual([[3, 'The number is missing.']]);
	});
});

describe('each row says what is wrong with it', () => {
	test.each([
		[',Mug,1', 'The number is missing.'],
		['A12,Mug,1', '“A12” is no item number: use 1 to 999999.'],
		['0,Mug,1', '“0” is no item number: use 1 to 999999.'],
		['1234567,Mug,1', '“1234567” is no item number: use 1 to 999999.'],
		['12.5,Mug,1', '“12.5” is no item number: use 1 to 999999.'],
		['12,  ,1', 'The title is missing.'],
		[`12,${'a'.repeat(201)},1`, 'The title is longer than 200 characters.'],
		['12,Mug,two', '“two” is no quantity: use a whole number from 0 to 9999.'],
		['12,Mug,-1', '“-1” is no quantity: use a whole number from 0 to 9999.'],
		['12,Mug,1.5', '“1.5” is no quantity: use a whole number from 0 to 9999.'],
		['12,Mug,10000', '“10000” is no quantity: use a whole number from 0 to 9999.'],
		[
			',,x',
			'The number is missing. The title is missing. “x” is no quantity: use a whole number from 0 to 9999.'
		],
		[
			'12,Mug, blue,1',
			'This row has more columns than the first one. Put a text that holds the separator in quotes ("). “blue” is no quantity: use a whole number from 0 to 9999.'
		]
	])('%j', (line, fault) => {
		expect(faultsOf(`number,title,quantity\n${line}`)).toEqual([[2, fault]]);
	});

	test.each([
		['12,Mug,0', ['12', 'Mug', 0]],
		['12,Mug,9999', ['12', 'Mug', 9999]],
		['0012,Mug,007', ['12', 'Mug', 7]],
		['๑๒,ถ้วย,๒', ['12', 'ถ้วย', 2]]
	])('%j is fine', (line, item) => {
		expect(itemsOf(`number,title,quantity\n${line}`)).toEqual([item]);
	});
});

describe('a file that is none is refused as a whole', () => {
	test.each([
		['', 'empty'],
		[' \n\n', 'empty'],
		['number,title\n', 'no row below'],
		['number,title\n1,"Mug\n2,Cup', 'row 2 are not in pairs'],
		['number,title\n1,"Mug" big\n2,"Cup"', 'row 2 are not in pairs'],
		[`number,title\n${'1,Mug\n'.repeat(MAX_ROWS + 1)}`, `at most ${MAX_ROWS}`],
		[`${'a,'.repeat(60)}\n1,2`, 'columns']
	])('%#', (text, reason) => expect(refusalOf(text)).toContain(reason));

	test('as many rows as the limit are fine', () => {
		expect(refusalOf(`number,title\n${'1,Mug\n'.repeat(MAX_ROWS)}`)).toBeNull();
	});
});
