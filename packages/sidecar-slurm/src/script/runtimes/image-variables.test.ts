import { expect, test } from 'vitest';
import type { PlannedImage } from '../../image/planned-image.ts';
import { imageVariables } from './image-variables.ts';

test('imageVariables() tells a script all but the logins', () => {
  const image: PlannedImage = {
    ...{ uri: 'docker://reg.example.org/a@sha256:1', name: 'reg.example.org/a:1', path: '', key: 'sha256-1' },
    ...{ imageId: 'reg.example.org/a@sha256:1', policy: 'Always', repository: 'reg.example.org/a', isVerified: true },
    ...{ logins: [{ username: 'alice', password: "it's secret" }], accessKeys: ['0f'], isInsecure: false },
    lookedFor: '',
  };
  const file: PlannedImage = {
    ...image,
    path: `/images/o'clock $(id)`,
    isVerified: false,
    lookedFor: ' (looked for as "m/a")',
    logins: [],
    accessKeys: ['anybody'],
  };
  const lines = imageVariables({ cache: '/root/.images', form: 'sif' }, [
    ['main', image],
    ['side', file],
  ]);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "image_cache='/root/.images'
    image_form='sif'
    declare -A image_uri=(
      ['main']='docker://reg.example.org/a@sha256:1'
      ['side']='docker://reg.example.org/a@sha256:1'
    )
    declare -A image_path=(
      ['main']=''
      ['side']='/images/o'\\''clock $(id)'
    )
    declare -A image_key=(
      ['main']='sha256-1'
      ['side']='sha256-1'
    )
    declare -A image_known_id=(
      ['main']='reg.example.org/a@sha256:1'
      ['side']='reg.example.org/a@sha256:1'
    )
    declare -A image_repository=(
      ['main']='reg.example.org/a'
      ['side']='reg.example.org/a'
    )
    declare -A image_verified=(
      ['main']='yes'
      ['side']=''
    )
    declare -A image_access=(
      ['main']='0f'
      ['side']='anybody'
    )
    declare -A image_logins=(
      ['main']='1'
      ['side']='0'
    )
    declare -A image_insecure=(
      ['main']=''
      ['side']=''
    )
    declare -A image_looked_for=(
      ['main']=''
      ['side']=' (looked for as "m/a")'
    )"
  `);
  expect(lines.join('\n')).not.toMatch(/alice|secret/);
});
