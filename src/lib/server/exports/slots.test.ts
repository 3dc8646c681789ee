import { expect, test, vi } from 'vitest';
import { ExportSlots, busyResponse } from './slots.ts';

test('a workspace has so many slots, the process so many for all', () => {
	const onRefused = vi.fn();
	const slots = new ExportSlots(onRefused, { perWorkspace: 2, perProcess: 3 });
	const held = [slots.take('a'), slots.take('a')];
	expect(held).not.toContain(null);
	expect(slots.isFree('a')).toBe(false);
	expect(slots.take('a')).toBeNull();
	expect(slots.take('b')).not.toBeNull();
	expect(slots.take('c')).toBeNull();
	held[0]?.();
	expect(slots.isFree('c')).toBe(true);
	expect(slots.take('c')).not.toBeNull();
	expect(slots.take('a')).toBeNull();
	// Who only asks is not refused anything.
	expect(onRefused.mock.calls.flat()).toEqual([
		'exports-of-workspace',
		'exports-of-all',
		'exports-of-all'
	]);
});

test('a slot is given back once, however often it is said', () => {
	const slots = new ExportSlots(undefined, { perWorkspace: 2, perProcess: 2 });
	const [first] = [slots.take('a'), slots.take('a')];
	first?.();
	first?.();
	expect(slots.take('a')).not.toBeNull();
	expect(slots.take('a')).toBeNull();
});

test('the refusal says when to come back', () => {
	const { status, headers } = busyResponse();
	expect(status).toBe(429);
	expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
});
