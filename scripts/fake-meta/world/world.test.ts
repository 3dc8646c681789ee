import { expect, test } from 'vitest';
import { FakeClock } from './clock.ts';
import type { WorldEvent } from './world-events.ts';
import { World } from './world.ts';

function shop(seed = 7) {
	const world = new World(seed, new FakeClock());
	const person = world.addPerson({ name: 'Tilda Ashgrove' });
	const page = world.addPage(person, { name: 'Finds', instagram: { username: 'finds' } });
	return { world, person, page };
}

test('ids ascend, as numbers and as text, and are too big for a number', () => {
	const { page } = shop();
	const live = page.goLive();
	const ids = Array.from({ length: 20 }, () => live.comment({ userId: 'u' }).id);
	expect([...ids].sort()).toEqual(ids);
	expect(ids.every((id) => BigInt(id) > BigInt(Number.MAX_SAFE_INTEGER))).toBe(true);
	expect(new Set(ids).size).toBe(20);
});

test('another seed has other ids, the same seed the same', () => {
	const first = shop(1).page.goLive();
	expect(shop(2).page.goLive().id).not.toBe(first.id);
	expect(shop(1).page.goLive().id).toBe(first.id);
});

test('live video, video and post have three ids, and reads and webhooks name comments by two', () => {
	const live = shop().page.goLive();
	expect(new Set([live.id, live.videoId, live.postId]).size).toBe(3);
	expect(live.readId('5')).toBe(`${live.videoId}_5`);
	expect(live.webhookId('5')).toBe(`${live.postId}_5`);
});

test('comments stand in the order of their time, and of arrival within it', () => {
	const live = shop().page.goLive();
	live.comment({ userId: 'u', id: '3', at: 3_000 });
	live.comment({ userId: 'u', id: '1', at: 1_000 });
	live.comment({ userId: 'u', id: '2', at: 3_000 });
	expect(live.comments.all.map(({ id }) => id)).toEqual(['1', '3', '2']);
});

test('impossible comments are refused and tell nobody', () => {
	const { world, page } = shop();
	const live = page.goLive();
	live.comment({ userId: 'u', id: '1' });
	const events: WorldEvent[] = [];
	world.onEvent((event) => events.push(event));
	expect(() => live.comment({ userId: 'u', id: '1' })).toThrow('already');
	expect(() => live.comment({ userId: 'u', id: '9_1' })).toThrow('underscore');
	expect(() => live.comment({ text: 'by nobody' })).toThrow('userId');
	expect(() => live.comment({ userId: 'u', reply: '404' })).toThrow('404');
	expect(() => live.remove('404')).toThrow('404');
	expect(events).toEqual([]);
});

test('nobody writes on an Instagram live that is over', () => {
	const live = shop().page.instagram?.goLive();
	live?.comment({ userId: 'u' });
	live?.stop();
	expect(live?.isOn).toBe(false);
	expect(() => live?.comment({ userId: 'u' })).toThrow('over');
});

test('an id that is taken is refused', () => {
	const { world, person, page } = shop();
	expect(() => world.addPage(person, { id: page.id, name: 'Again' })).toThrow('taken');
});
