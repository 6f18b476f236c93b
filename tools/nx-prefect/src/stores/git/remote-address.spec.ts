import { isSameRepository, withoutCredentials } from './remote-address';

it.each([
  ['https://ci:s3cret@git.example/team/flows.git', 'https://git.example/team/flows.git'],
  ['https://ghp_token@git.example/team/flows', 'https://git.example/team/flows'],
  ['ssh://git@git.example:2222/team/flows.git', 'ssh://git@git.example:2222/team/flows.git'],
  ['ssh://git:word@git.example/flows.git', 'ssh://git@git.example/flows.git'],
  ['git@git.example:team/flows.git', 'git@git.example:team/flows.git'],
  ['/srv/git/flows.git', '/srv/git/flows.git'],
  ['file:///srv/git/flows.git', 'file:///srv/git/flows.git'],
])('%s is shown as %s', (address, shown) => {
  expect(withoutCredentials(address)).toBe(shown);
});

it.each([
  ['git@git.example:team/flows.git', 'https://git.example/team/flows', true],
  ['ssh://git@git.example/team/flows.git', 'https://GIT.example/team/flows.git/', true],
  ['https://git.example/team/flows', 'https://git.example/team/other', false],
  ['https://git.example/team/flows', 'https://git.example/Team/flows', false],
  ['https://git.example/team/flows', 'https://other.example/team/flows', false],
  ['/srv/git/flows.git', '/srv/git/flows', true],
])('%s and %s are one repository: %s', (one, other, isSame) => {
  expect(isSameRepository(one, other)).toBe(isSame);
});
