# The page on a machine of one's own: docker build -t lenet-lab . && docker run -p 7860:7860 lenet-lab
FROM python:3.12-slim

# torch for the CPU alone is some 200 MB in place of several GB. The page runs as a user without rights; its code is
# root's, and nobody else writes to it.
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r /tmp/requirements.txt \
  && useradd --uid 1000 --create-home lab

WORKDIR /srv/lenet-lab
COPY app.py train.py ./
COPY lenet/ lenet/
COPY checkpoints/ checkpoints/

USER 1000
ENV GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860 LENET_DATA=/home/lab/data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/config', timeout=4)"]
CMD ["python", "app.py"]
