/**
 * What a module is imported by, and the distributions that bring it, where the names differ; normalised, several where
 * any of them may be the one. The best known; a workspace adds its own in the plugin's option `packageNames`.
 */
export const DISTRIBUTION_NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  `
_cffi_backend cffi
_pytest pytest
_yaml pyyaml
absl absl-py
airflow apache-airflow
attr attrs
azure.storage.filedatalake azure-storage-file-datalake
bs4 beautifulsoup4
bson pymongo
cairo pycairo
corsheaders django-cors-headers
Crypto pycryptodome pycrypto
Cryptodome pycryptodomex
cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless
databricks.sql databricks-sql-connector
dateutil python-dateutil
dbt dbt-core
discord discord-py
django_filters django-filter
dns dnspython
docx python-docx
dotenv python-dotenv
elasticsearch elasticsearch elasticsearch7 elasticsearch8
engineio python-engineio
environ django-environ environ-config
faiss faiss-cpu faiss-gpu
fitz pymupdf
frontmatter python-frontmatter
functional pyfunctional
github pygithub
gitlab python-gitlab
git gitpython
gi pygobject
googleapiclient google-api-python-client
google.ads.googleads google-ads
google.api googleapis-common-protos
google.cloud.exceptions google-cloud-core
google.cloud.monitoring_v3 google-cloud-monitoring
google.cloud.pubsub_v1 google-cloud-pubsub
google.cloud.run_v2 google-cloud-run
google.cloud.secretmanager google-cloud-secret-manager
google.cloud.sql google-cloud-sql-connector cloud-sql-python-connector
google.cloud.tasks_v2 google-cloud-tasks
google.iam grpc-google-iam-v1
google.longrunning googleapis-common-protos
google.oauth2 google-auth
google.protobuf protobuf
google.rpc googleapis-common-protos
google.type googleapis-common-protos
grpc grpcio
grpc_health grpcio-health-checking
grpc_status grpcio-status
grpc_tools grpcio-tools
haystack haystack-ai farm-haystack
impala impyla
jks pyjks
jose python-jose
jwt pyjwt
kafka kafka-python kafka-python-ng
ldap python-ldap
Levenshtein levenshtein python-levenshtein
magic python-magic
memcache python-memcached
mpl_toolkits matplotlib
msgpack msgpack msgpack-python
MySQLdb mysqlclient
mysql.connector mysql-connector-python
nacl pynacl
neo4j neo4j neo4j-driver
odf odfpy
office365 office365-rest-python-client
OpenGL pyopengl
OpenSSL pyopenssl
opensearchpy opensearch-py
opentelemetry.exporter.otlp opentelemetry-exporter-otlp \
  opentelemetry-exporter-otlp-proto-grpc opentelemetry-exporter-otlp-proto-http
opentelemetry.semconv opentelemetry-semantic-conventions
osgeo gdal
past future
PIL pillow pillow-simd
pkg_resources setuptools
playhouse peewee
pptx python-pptx
psycopg psycopg psycopg-binary
psycopg2 psycopg2 psycopg2-binary
pubsub pypubsub
pylab matplotlib
pynvml nvidia-ml-py pynvml
pyximport cython
pythoncom pywin32
pywintypes pywin32
rapidjson python-rapidjson
rest_framework djangorestframework
rest_framework_simplejwt djangorestframework-simplejwt
ruamel ruamel-yaml
samtranslator aws-sam-translator
serial pyserial
skimage scikit-image
sklearn scikit-learn
skopt scikit-optimize
slack slackclient
slugify python-slugify unicode-slugify
snappy python-snappy
snowflake.connector snowflake-connector-python
snowflake.ml snowflake-ml-python
snowflake.snowpark snowflake-snowpark-python
socketio python-socketio
socks pysocks
sockshandler pysocks
stdnum python-stdnum
talib ta-lib
telegram python-telegram-bot
tensorflow tensorflow tensorflow-cpu tensorflow-gpu tensorflow-intel
tlz toolz cytoolz
tortoise tortoise-orm
umap umap-learn
usb pyusb
vertexai google-cloud-aiplatform
websocket websocket-client
whois python-whois
win32api pywin32
win32con pywin32
win32com pywin32
win32gui pywin32
xdg pyxdg xdg
yaml pyyaml
zmq pyzmq
`
    .trim()
    .split('\n')
    .map((line) => {
      const [module = '', ...distributions] = line.split(/ +/);
      return [module, distributions];
    }),
);
