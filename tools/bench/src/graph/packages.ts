import { createHash } from 'node:crypto';

/** What the generated code imports, by the distribution that brings it. Half of the names differ, as they do. */
export const IMPORTED: readonly (readonly [statement: string, distribution: string])[] = [
  ['import pandas as pd', 'pandas'],
  ['import numpy as np', 'numpy'],
  ['import requests', 'requests'],
  ['import yaml', 'pyyaml'],
  ['from dateutil.parser import isoparse', 'python-dateutil'],
  ['from sklearn.linear_model import LinearRegression', 'scikit-learn'],
  ['from PIL import Image', 'pillow'],
  ['from bs4 import BeautifulSoup', 'beautifulsoup4'],
  ['import boto3', 'boto3'],
  ['import sqlalchemy as sa', 'sqlalchemy'],
  ['from google.cloud import storage', 'google-cloud-storage'],
  ['from google.cloud import bigquery', 'google-cloud-bigquery'],
  ['import psycopg2', 'psycopg2-binary'],
  ['import pydantic', 'pydantic'],
];

/** Only ever needed by others. */
const UNDERNEATH = [
  'certifi',
  'urllib3',
  'idna',
  'charset-normalizer',
  'pytz',
  'six',
  'joblib',
  'scipy',
  'threadpoolctl',
  'soupsieve',
  'botocore',
  's3transfer',
  'jmespath',
  'greenlet',
  'typing-extensions',
  'google-auth',
  'protobuf',
];

export const PREFECT = 'prefect';
export const DISTRIBUTIONS: readonly string[] = [
  PREFECT,
  ...IMPORTED.map(([, distribution]) => distribution),
  ...UNDERNEATH,
].sort();

/** As uv writes it; versions and hashes are made up, and each package needs one of those underneath. */
export function uvLock(): string {
  const packages = DISTRIBUTIONS.map((name, at) => {
    const needed = UNDERNEATH[at % UNDERNEATH.length]!;
    const dependencies = UNDERNEATH.includes(name) ? '' : `dependencies = [\n    { name = "${needed}" },\n]\n`;
    const wheels = ['cp311-manylinux', 'cp312-manylinux', 'cp312-macosx'].map(
      (tag) =>
        `    { url = "https://example.com/${name}-1.${at}.0-${tag}.whl", hash = "sha256:${sha256(name + tag)}", ` +
        `size = ${1000 + at} },`,
    );
    return `[[package]]
name = "${name}"
version = "1.${at}.0"
source = { registry = "https://example.com/simple" }
${dependencies}wheels = [
${wheels.join('\n')}
]
`;
  });
  return `version = 1\nrevision = 3\nrequires-python = ">=3.10"\n\n${packages.join('\n')}`;
}

export function requirements(): string {
  return DISTRIBUTIONS.map((name, at) => `${name}==1.${at}.0\n`).join('');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
